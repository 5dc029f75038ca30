"""The first stage: photos on disk -> manifest with groups and splits, and the audit of them."""

import json
from dataclasses import replace
from pathlib import Path

from okng.auditing import Findings, with_splits
from okng.config import ResolvedSettings, SplitMode
from okng.dataset import (
    Dataset,
    check_enough,
    check_unchanged,
    find_photos,
    photo_changes,
    read_manifest,
    set_rare_aside,
    write_manifest,
)
from okng.events import Progress
from okng.preprocess import DEPTHS, FULL_DEPTH
from okng.runs.layout import RunFolder
from okng.steps.examine import examine_photos, split_as_set
from okng.steps.leakage.fingerprints import keep_features
from okng.wording import Sentence, sentence


def take_stock(
    source: Path, run: RunFolder, settings: ResolvedSettings, progress: Progress
) -> Dataset:
    """Find, read and share out the photos; leave `manifest.csv` and `audit.json`.

    A run that is resumed keeps its manifest, and its photos must be those of the manifest.

    Raises:
        DatasetError: the photos cannot be used, or are not those that the run began with.
    """
    # a resumed run: groups and splits stay as they were
    if run.manifest.exists() and run.audit.exists():
        return _resumed(source, run, settings)
    dataset, findings = audited(source, settings, progress)
    keep_features(dataset, run, progress)
    findings.write(run.audit)
    write_manifest(dataset, run.manifest)
    return dataset


def audited(
    source: Path, settings: ResolvedSettings, progress: Progress
) -> tuple[Dataset, Findings]:
    """Find, read and audit photos, and assign splits; findings are reported.

    Raises:
        DatasetError: the photos cannot be used.
    """
    examined = examine_photos(source, settings, progress)
    known = set_rare_aside(examined.dataset)  # types of too few photos to learn or to test
    check_enough(known)
    dataset = split_as_set(known, settings, progress)
    findings = with_splits(examined, dataset).findings
    for finding in findings.to_report:
        progress.finding(finding.check, finding.severity.value, finding.result)
    progress.say(_splits(dataset))
    return dataset, findings


def _resumed(source: Path, run: RunFolder, settings: ResolvedSettings) -> Dataset:
    data = settings.data
    ok = data.ok or (None if data.no_ok else _ok_class(run))
    recorded = read_manifest(run.manifest, _root(source), ok=ok, no_ok=data.no_ok)
    now = find_photos(source, ok=ok, no_ok=data.no_ok)
    changes = photo_changes(recorded, now, _left_out(run))
    if data.split is SplitMode.REPAIR:  # what a repair dropped is on record nowhere
        changes = changes._replace(added=())
    check_unchanged(changes, where=run.folder)
    return set_rare_aside(replace(recorded, depth=depth_of_audit(run.audit)))


def _ok_class(run: RunFolder) -> str | None:
    """The OK class that the run began with: a later version may not take it by its name."""
    summary = json.loads(run.audit.read_text(encoding="utf-8")).get("summary", {})
    if "ok_class" in summary:
        name: str | None = summary["ok_class"]["name"]
        return name
    return next(iter(summary.get("parts_by_class", ())), None)  # older runs: it stands first


def _left_out(run: RunFolder) -> set[str]:
    audit = json.loads(run.audit.read_text(encoding="utf-8"))
    return {fault["path"] for fault in audit["unreadable"]}


def depth_of_audit(path: Path) -> int:
    """The depth in an audit; full where the audit is of an older version, or cannot be read."""
    try:
        summary = json.loads(path.read_text(encoding="utf-8", errors="replace"))["summary"]
        depth = summary.get("depth", FULL_DEPTH)
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return FULL_DEPTH
    return depth if depth in DEPTHS else FULL_DEPTH


def _root(source: Path) -> Path:
    return source if source.is_dir() else source.parent


def _splits(dataset: Dataset) -> Sentence:
    counts = [(split, sum(labels.values())) for split, labels in dataset.counts().items() if labels]
    return sentence("split_counts", counts=counts)
