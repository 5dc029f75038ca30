"""Runs all checks that can be run here, and says which could not."""

import importlib.util
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from okng.auditing.checks import (
    class_counts,
    defect_sizes,
    drift,
    exact_duplicates,
    exposure,
    formats,
    label_conflicts,
    leaks,
    left_out,
    near_duplicates,
    ok_class,
)
from okng.auditing.checks import unreadable as unread
from okng.auditing.defects import measure_defects
from okng.auditing.evidence import Evidence, NearResult
from okng.auditing.findings import (
    Finding,
    Findings,
    LeftOutFiles,
    Severity,
    Suspicion,
)
from okng.auditing.image_statistics import measure, same_pixels
from okng.dataset import Dataset, join_groups
from okng.dataset.loading.masks import has_masks
from okng.errors import DatasetError
from okng.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

_NEEDED = {"cv2": "opencv-python-headless", "faiss": "faiss-cpu", "sklearn": "scikit-learn",
           "cleanlab": "cleanlab", "scipy": "scipy"}  # fmt: skip
_INSTALL = "needs `pip install 'okng[audit]'`"


class Examination(NamedTuple):
    """What came of an audit.

    Attributes:
        dataset: the photos; those of one part share a group.
        findings: what was found.
        evidence: what it was found by.
    """

    dataset: Dataset
    findings: Findings
    evidence: Evidence


def examine(
    dataset: Dataset,
    progress: Progress,
    *,
    cache: Path | None = None,
    embedder: Path | None = None,
    near: bool = True,
    seed: int = 0,
    image_size: int | None = None,
) -> Examination:
    """Audit photos.

    Args:
        dataset: photos with digests, and groups and splits as far as they were given.
        progress: is told the stages.
        cache: folder that keeps what was worked out of each photo; None keeps nothing.
        embedder: ONNX file for suspicious labels; None leaves that check out.
        near: whether to look for near-duplicates, and for the labels that they throw doubt on.
        seed: draws samples.
        image_size: height and width in pixels that the network will see: asks how large defects
            are then, where masks show them.

    Raises:
        DatasetError: a photo has no digest, so that nothing could be told about it; or so many
            vanished meanwhile that a class has too few left.
    """
    if not all(photo.sha256 for photo in dataset.photos):
        raise DatasetError("Photos have no digests", where=dataset.root, hint="Call add_digests.")
    given = {photo.path: photo.group for photo in dataset.photos if photo.was_given}
    missing = [name for module, name in _NEEDED.items() if not importlib.util.find_spec(module)]
    if missing or not near:
        reason = f"{_INSTALL} ({', '.join(missing)})" if missing else "left out on request"
        unchecked = dict.fromkeys(("near_duplicates", "suspicious_labels"), reason)
        if "scikit-learn" in missing:
            unchecked["shortcuts"] = reason
        with progress.stage("measure", len(dataset)) as advance:
            facts = measure(dataset, advance)
        evidence = Evidence(join_groups(dataset, same_pixels(facts)), facts, given=given)
    else:
        from okng.auditing.full_audit import gather_evidence  # noqa: PLC0415 - needs the extra

        evidence, unchecked = gather_evidence(
            dataset, given, progress, cache=cache, embedder=embedder, seed=seed
        )
    evidence = _with_defects(evidence, missing, unchecked, progress, image_size)
    return Examination(evidence.dataset, _findings(evidence, unchecked), evidence)


def with_splits(examined: Examination, dataset: Dataset) -> Examination:
    """The same audit, told anew for photos that were given their splits since."""
    evidence = examined.evidence.restricted(dataset)
    unchecked = dict(examined.findings.summary["not_checked"])
    left = {photo.path for photo in dataset.photos}
    doubts = [s for s in examined.findings.suspicious_labels or [] if s.path in left]
    return Examination(dataset, _findings(evidence, unchecked, doubts), evidence)


def _with_defects(
    evidence: Evidence,
    missing: list[str],
    unchecked: dict[str, str],
    progress: Progress,
    image_size: int | None,
) -> Evidence:
    """The evidence with the sizes of defects, where somebody asked and there are masks."""
    if image_size is None or not has_masks(evidence.dataset):
        return evidence
    if _NEEDED["cv2"] in missing:
        unchecked["defect_sizes"] = f"{_INSTALL} ({_NEEDED['cv2']})"
        return evidence
    defects = measure_defects(evidence.dataset, progress)
    return replace(evidence, defects=defects, image_size=image_size)


def _findings(
    evidence: Evidence, unchecked: dict[str, str], suspicions: list[Suspicion] | None = None
) -> Findings:
    checks: list[Callable[[Evidence], list[Finding]]] = [
        leaks.check, label_conflicts.check, near_duplicates.check, ok_class.check,
        class_counts.check, exact_duplicates.check, unread.check, left_out.check,
        formats.check, exposure.check, drift.check, defect_sizes.check,
    ]  # fmt: skip
    shortcuts = None
    if "shortcuts" not in unchecked:
        from okng.auditing.checks import shortcuts as ways  # noqa: PLC0415 - needs the extra

        checks += [ways.check]
        shortcuts = ways.shortcuts(evidence)
        if shortcuts is None:
            unchecked["shortcuts"] = "no photo could be measured"
    found = [finding for check in checks for finding in check(evidence)]
    if "suspicious_labels" not in unchecked:
        from okng.auditing.checks import suspicious_labels as doubts  # noqa: PLC0415 - needs the extra

        suspicions = doubts.suspicious_labels(evidence) if suspicions is None else suspicions
        if suspicions is None:
            unchecked["suspicious_labels"] = "too few parts of a class"
        found += doubts.in_words(suspicions or [])
    return Findings(
        unreadable=unread.faults(evidence),
        left_out=[LeftOutFiles(**asdict(item)) for item in evidence.dataset.left_out],
        exact_duplicates=exact_duplicates.exact_duplicates(evidence),
        near_duplicates=near_duplicates.near_duplicates(evidence),
        groups=[[photo.path for photo in group] for group in evidence.groups()],
        leaks=leaks.leaks(evidence),
        label_conflicts=label_conflicts.label_conflicts(evidence),
        suspicious_labels=None if "suspicious_labels" in unchecked else suspicions,
        shortcuts=shortcuts,
        defect_sizes=defect_sizes.defect_sizes(evidence),
        findings=sorted(found, key=lambda finding: finding.severity is not Severity.SERIOUS),
        summary=_summary(evidence, unchecked),
    )


def _summary(evidence: Evidence, unchecked: dict[str, str]) -> dict[str, Any]:
    dataset, search = evidence.dataset, evidence.near
    checked = ("unreadable", "exact_duplicates", "leaks", "label_conflicts", "near_duplicates",
               "suspicious_labels", "shortcuts", "formats", "exposure", "drift")  # fmt: skip
    unchecked |= {} if evidence.facts else dict.fromkeys(checked[-3:], "no photo could be measured")
    summary: dict[str, Any] = {
        "root": str(dataset.root.resolve()),
        "ok_class": {"name": dataset.ok_class, "chosen_by": dataset.ok_choice},
        "photos": len(dataset),
        "parts": evidence.parts(),
        "parts_by_class": {name: evidence.parts(name) for name in dataset.classes},
        "unreadable": len(dataset.unreadable),
        "groups": len(evidence.groups()),
        "exact_duplicates": len(exact_duplicates.exact_duplicates(evidence)),
        "leaks": len(leaks.leaks(evidence)),
        "label_conflicts": len(label_conflicts.label_conflicts(evidence)),
        "counts": dataset.counts(),
        "depth": dataset.depth,
        "checked": [name for name in checked if name not in unchecked]
        + (["defect_sizes"] if evidence.defects else []),
        "not_checked": unchecked,
    }
    if search is not None:
        summary["search"] = {
            "threshold": search.threshold,
            "false_match_rate": search.false_match_rate,
            "reason": search.reason,
            "pairs_compared": search.checked,
            "across_classes": _across_classes(evidence, search),
            "own_agreement": search.own_agreement,
        }
    return summary


def _across_classes(evidence: Evidence, search: NearResult) -> int:
    """Accepted pairs whose photos have different labels: wrong labels, or false matches."""
    label = {photo.path: photo.label for photo in evidence.dataset.photos}
    return sum(label[pair.a] != label[pair.b] for pair in search.pairs)
