"""Labelled photos as a model file sees them: which of their classes it has, which are good."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from okng.auditing import Findings, examine
from okng.auditing.cache import cache_folder
from okng.dataset import Dataset, add_digests, find_photos, group_by
from okng.dataset.classes import OkChoice, find_ok_class, is_ok_name, order_classes
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.events import Progress
from okng.modelfile import Metadata
from okng.steps.notices import report_left_out
from okng.wording import sentence

REPORTED = "test"
_WAY_OUT = "Name it with `data.ok` NAME, or give the folders the names of the model's classes."


def read_labelled(
    source: Path, metadata: Metadata, *, ok: str | None, grouping: str | None, progress: Progress
) -> Dataset:
    """Find and read photos to judge; one class alone will do.

    Args:
        source: a folder in one of the known layouts, or a manifest.
        metadata: of the model file that will judge them.
        ok: name of the class of good parts among the photos, if it is not recognised.
        grouping: `folder` or a regular expression, as for `group_by`; None for none.
        progress: receives the progress.

    Returns:
        The readable photos; good ones carry the model's own name of the OK class.

    Raises:
        DatasetError: nothing usable, or classes that have nothing to do with the model's.
    """
    # one class will do: a batch of good parts alone
    dataset = find_photos(source, no_ok=True, fewest_classes=1)
    if grouping:
        dataset = group_by(dataset, grouping)
    dataset = _with_classes_of_model(dataset, metadata, ok, source)
    named = [f"{c} (OK)" if c == dataset.ok_class else c for c in dataset.classes]
    progress.say(sentence("photos_of_classes", photos=len(dataset), classes=named))
    report_left_out(dataset, progress)
    with progress.stage("read", len(dataset)) as advance:
        dataset = add_digests(dataset, on_done=advance, fewest=1, depth=metadata.input.depth)
    for fault in dataset.unreadable:
        progress.say(
            sentence("not_readable", path=fault.path, fault=(fault.fault.value, fault.reason))
        )
    return dataset


class Grouped(NamedTuple):
    """Photos after the audit.

    Attributes:
        dataset: the photos; those of one part share a group.
        findings: of the audit.
        pixels: digest of the decoded pixels, by path.
    """

    dataset: Dataset
    findings: Findings
    pixels: dict[str, str]


def find_groups(dataset: Dataset, image_size: int, progress: Progress, *, near: bool) -> Grouped:
    """Photos of one part share a group from here on; without torch, and so without embeddings."""
    cache = cache_folder() if near else None
    examined = examine(dataset, progress, cache=cache, near=near, image_size=image_size)
    pixels = {path: facts.pixels for path, facts in examined.evidence.facts.items()}
    return Grouped(examined.dataset, examined.findings, pixels)


def select_split(dataset: Dataset, reported: str | None) -> Dataset:
    """Decide which photos are reported: those of one split, or all where none has a split.

    Args:
        dataset: photos with the splits that they came with.
        reported: name of the split; `test` when left out.

    Raises:
        DatasetError: no photo has that split.
    """
    splits = {photo.split for photo in dataset.photos}
    # No split at all: every photo is reported.
    if splits == {""} and reported in {None, REPORTED}:
        return replace(dataset, photos=tuple(replace(p, split=REPORTED) for p in dataset.photos))
    wanted = reported or REPORTED
    if wanted not in splits:
        raise DatasetError(
            f"No photo belongs to the split {wanted}",
            where=dataset.root,
            allowed=", ".join(sorted(splits - {""})) or "photos without any split",
            hint="Name one of these with `split`.",
            code=Code.PHOTOS_SPLIT,
        )
    return dataset


def _with_classes_of_model(
    dataset: Dataset, metadata: Metadata, ok: str | None, source: Path
) -> Dataset:
    known, names = metadata.classes, list(dataset.classes)
    if metadata.ok_class is None:
        strangers = [name for name in names if name not in known]
        if strangers:
            raise _foreign(strangers, known, source)
        return replace(dataset, classes=known, ok_class=None, ok_choice=OkChoice.MODEL)
    good = _good_class(names, metadata, ok)
    photos = tuple(
        # the model's own name, so that verdicts and labels can be compared
        replace(photo, label=metadata.ok_class if photo.label == good else photo.label)
        for photo in dataset.photos
    )
    present = [metadata.ok_class if name == good else name for name in names]
    ok_class = metadata.ok_class if good is not None else None
    classes = order_classes(present, ok_class)
    choice = _choice(names, metadata, ok)
    return replace(dataset, photos=photos, classes=classes, ok_class=ok_class, ok_choice=choice)


def _choice(names: Sequence[str], metadata: Metadata, ok: str | None) -> OkChoice:
    if ok is not None:
        return OkChoice.GIVEN
    return OkChoice.MODEL if set(names) <= set(metadata.classes) else OkChoice.NAME


def _good_class(names: Sequence[str], metadata: Metadata, ok: str | None) -> str | None:
    """The name that good parts have among these photos; None where all are defective."""
    if ok is not None:
        return find_ok_class(names, ok, no_ok=False)
    if metadata.ok_class in names:
        return metadata.ok_class
    if any(is_ok_name(name) for name in names):
        return find_ok_class(names, None, no_ok=False, hint=_WAY_OUT)
    # only types of defects: there is no good class among them
    if set(names) <= set(metadata.classes):
        return None
    return find_ok_class(names, None, no_ok=False, hint=_WAY_OUT)


def _foreign(strangers: Sequence[str], known: Sequence[str], source: Path) -> DatasetError:
    return DatasetError(
        f"The model has no class for these labels: {', '.join(strangers)}",
        where=source,
        allowed=", ".join(known),
        hint="Rename the folders to the model's classes, or leave these photos out.",
        code=Code.PHOTOS_LABELS,
    )
