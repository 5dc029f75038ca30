"""Audit: what is wrong with the photos, found before anything learns from them.

What digests can show: unreadable files, exact duplicates, leakage, conflicting labels.
"""

from collections import defaultdict

from okng.audit.conflicts import label_conflicts
from okng.audit.exact import exact_duplicates
from okng.audit.findings import Conflict, Fault, Findings, Pair
from okng.audit.leaks import leaks
from okng.dataset import Dataset
from okng.errors import DatasetError

__all__ = ["Conflict", "Fault", "Findings", "Pair", "find_faults"]

CHECKED = ("unreadable", "exact_duplicates", "leaks", "label_conflicts")
NOT_CHECKED = ("near_duplicates", "suspicious_labels", "shortcuts")


def find_faults(dataset: Dataset) -> Findings:
    """Run all checks on photos that have digests and groups; leaks need splits as well.

    Raises:
        DatasetError: a photo has no digest, so that nothing could be told about it.
    """
    if not all(photo.sha256 for photo in dataset.photos):
        raise DatasetError("Photos have no digests", where=dataset.root, hint="Call add_digests.")
    duplicates = exact_duplicates(dataset)
    leaking = leaks(dataset)
    conflicts = label_conflicts(dataset)
    groups = _groups(dataset)
    return Findings(
        unreadable=[Fault(path=u.path, reason=u.reason) for u in dataset.unreadable],
        exact_duplicates=duplicates,
        groups=groups,
        leaks=leaking,
        label_conflicts=conflicts,
        summary={
            "photos": len(dataset),
            "unreadable": len(dataset.unreadable),
            "groups": len(groups),
            "exact_duplicates": len(duplicates),
            "leaks": len(leaking),
            "label_conflicts": len(conflicts),
            "counts": dataset.counts(),
            "checked": list(CHECKED),
            "not_checked": list(NOT_CHECKED),
        },
    )


def _groups(dataset: Dataset) -> list[list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for photo in dataset.photos:
        if photo.group:
            members[photo.group].append(photo.path)
    return [paths for paths in members.values() if len(paths) > 1]
