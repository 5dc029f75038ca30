"""Gathers the evidence on photos, and runs all checks whose evidence is available."""

import importlib.util
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from okng.auditing.check import Check, CheckResult, not_checked
from okng.auditing.checks import CHECKS
from okng.auditing.checks.suspicious_labels import SuspiciousLabels, suspicions_as_result
from okng.auditing.defects import measure_defects
from okng.auditing.evidence import Evidence, NearResult, Need
from okng.auditing.findings import Findings, OkClassChoice, SearchSummary, Severity, Summary
from okng.auditing.image_statistics import measure, same_pixels
from okng.dataset import Dataset, join_groups
from okng.dataset.loading.masks import has_masks
from okng.errors import DatasetError
from okng.events import Progress

_NEEDED = {"cv2": "opencv-python-headless", "faiss": "faiss-cpu", "sklearn": "scikit-learn",
           "cleanlab": "cleanlab", "scipy": "scipy"}  # fmt: skip
"""Modules of the extra, and the packages that contain them."""
_INSTALL = "needs `pip install 'okng[audit]'`"


Results = Mapping[Check, CheckResult[Any]]
"""Results by check, in the order of the registry."""


class Examination(NamedTuple):
    """Result of an audit.

    Attributes:
        dataset: the photos; those of one part share a group.
        findings: the results of the checks.
        evidence: the evidence that the checks used.
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
        progress: receives the stages.
        cache: folder of the cache of features and results; None caches nothing.
        embedder: ONNX file that computes embeddings for suspicious labels; None omits that check.
        near: whether to search for near duplicates and for suspicious labels.
        seed: seeds the samples.
        image_size: height and width of the network's input, in pixels: checks how large defects
            are at this size, if there are masks.

    Raises:
        DatasetError: a photo has no digest; or too few photos of a class are left, as files
            vanished meanwhile.
    """
    if not all(photo.sha256 for photo in dataset.photos):
        raise DatasetError("Photos have no digests", where=dataset.root, hint="Call add_digests.")
    given = {photo.path: photo.group for photo in dataset.photos if photo.was_given}
    packages = [name for module, name in _NEEDED.items() if not importlib.util.find_spec(module)]
    if packages or not near:
        evidence = _basic_evidence(dataset, given, packages, progress)
    else:
        from okng.auditing.full_audit import gather_evidence  # noqa: PLC0415 - needs the extra

        evidence = gather_evidence(
            dataset, given, progress, cache=cache, embedder=embedder, seed=seed
        )
    if image_size is not None and has_masks(evidence.dataset):
        evidence = _with_defects(evidence, packages, progress, image_size)
    return Examination(evidence.dataset, _findings(evidence, _run(evidence)), evidence)


def with_splits(examined: Examination, dataset: Dataset) -> Examination:
    """The same audit for photos that were assigned splits since; nothing is measured again.

    Args:
        examined: the audit.
        dataset: its photos, or a subset of them, with other splits.
    """
    evidence, before = examined.evidence.restricted(dataset), examined.findings
    # Labels are not predicted again: that takes seconds, and splits do not change them.
    if before.suspicious_labels is None:
        labels = not_checked(before.summary.not_checked[SuspiciousLabels.id])
    else:
        remaining = {photo.path for photo in dataset.photos}
        labels = suspicions_as_result([s for s in before.suspicious_labels if s.path in remaining])
    results = _run(evidence, {SuspiciousLabels.id: labels})
    return Examination(dataset, _findings(evidence, results), evidence)


def _basic_evidence(
    dataset: Dataset, given: Mapping[str, str], packages: list[str], progress: Progress
) -> Evidence:
    """Measured facts only: packages of the extra are missing, or the search is not wanted."""
    reason = f"{_INSTALL} ({', '.join(packages)})" if packages else "left out on request"
    missing = dict.fromkeys((Need.NEAR, Need.EMBEDDINGS), reason)
    if _NEEDED["sklearn"] in packages:
        missing[Need.SCIKIT_LEARN] = reason
    with progress.stage("measure", len(dataset)) as advance:
        facts = measure(dataset, advance)
    joined = join_groups(dataset, same_pixels(facts))
    return Evidence(joined, facts, given=given, missing=missing)


def _with_defects(
    evidence: Evidence, packages: list[str], progress: Progress, image_size: int
) -> Evidence:
    if _NEEDED["cv2"] in packages:
        reason = f"{_INSTALL} ({_NEEDED['cv2']})"
        return replace(evidence, missing={**evidence.missing, Need.DEFECTS: reason})
    defects = measure_defects(evidence.dataset, progress)
    return replace(evidence, defects=defects, image_size=image_size)


def _run(evidence: Evidence, done: Mapping[str, CheckResult[Any]] | None = None) -> Results:
    """The results of all checks.

    Args:
        evidence: the evidence.
        done: results that are taken as they are, by id of the check.
    """
    done = done or {}
    return {check: done[check.id] if check.id in done else run_check(check, evidence)
            for check in CHECKS}  # fmt: skip


def run_check(check: Check, evidence: Evidence) -> CheckResult[Any]:
    """The result of a check, or the reason why it is not made."""
    for need in check.needs:
        if reason := evidence.lacks(need):
            return not_checked(reason)
    return check.run(evidence)


def _findings(evidence: Evidence, results: Results) -> Findings:
    findings = [finding for result in results.values() for finding in result.findings]
    rows = {check.id: result.rows for check, result in results.items()}
    return Findings.model_validate({
        **{name: entries for name, entries in rows.items() if name in Findings.model_fields},
        "groups": [[photo.path for photo in group] for group in evidence.groups()],
        "findings": sorted(findings, key=lambda finding: finding.severity is not Severity.SERIOUS),
        "summary": _summary(evidence, results),
    })  # fmt: skip


def _summary(evidence: Evidence, results: Results) -> Summary:
    dataset = evidence.dataset
    rows = {check.id: len(r.rows) for check, r in results.items() if isinstance(r.rows, list)}
    listed = {check.id: result for check, result in results.items() if check.in_summary}
    return Summary(
        root=str(dataset.root.resolve()),
        ok_class=OkClassChoice(name=dataset.ok_class, chosen_by=dataset.ok_choice),
        photos=len(dataset),
        parts=evidence.parts(),
        parts_by_class={name: evidence.parts(name) for name in dataset.classes},
        unreadable=rows["unreadable"],
        groups=len(evidence.groups()),
        exact_duplicates=rows["exact_duplicates"],
        leaks=rows["leaks"],
        label_conflicts=rows["label_conflicts"],
        counts=dataset.counts(),
        depth=dataset.depth,
        checked=[name for name, result in listed.items() if result.checked],
        not_checked={name: r.reason for name, r in listed.items() if r.reason is not None},
        search=_search(evidence, evidence.near) if evidence.near else None,
    )


def _search(evidence: Evidence, near: NearResult) -> SearchSummary:
    label = {photo.path: photo.label for photo in evidence.dataset.photos}
    return SearchSummary(
        threshold=near.threshold,
        false_match_rate=near.false_match_rate,
        reason=near.reason,
        pairs_compared=near.checked,
        across_classes=sum(label[pair.a] != label[pair.b] for pair in near.pairs),
        own_agreement=near.own_agreement,
    )
