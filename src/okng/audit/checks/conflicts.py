"""One part with two labels."""

from collections import Counter

from okng.audit.evidence import Evidence
from okng.audit.findings import Conflict, Finding, Pair, Severity
from okng.dataset import Photo


def label_conflicts(evidence: Evidence) -> list[Conflict]:
    """Photos labelled unlike most other photos of the same part.

    Groups that the user gave are left alone: a part may be good on one photo of it and show its
    defect on another.
    """
    found = []
    for photos in evidence.groups():
        copies = [photo for photo in photos if not evidence.given.get(photo.path)]
        counts = Counter(photo.label for photo in copies).most_common()
        if len(counts) > 1:
            usual = next(photo for photo in copies if photo.label == counts[0][0])
            found += [_conflict(photo, usual) for photo in copies if photo.label != usual.label]
    return found


def check(evidence: Evidence) -> list[Finding]:
    """Labels that contradict each other."""
    found = label_conflicts(evidence)
    if not found:
        return []
    return [
        Finding(
            check="label_conflicts",
            severity=Severity.SERIOUS,
            what=f"{len(found)} photos are labelled unlike other photos of the same part.",
            advice="One of the two labels is wrong. Look at each pair and move the photo; "
            "`--fix` leaves these photos out.",
            photos=[conflict.a for conflict in found],
            pairs=[Pair(a=conflict.a, b=conflict.b, score=1.0) for conflict in found],
        )
    ]


def _conflict(photo: Photo, usual: Photo) -> Conflict:
    return Conflict(a=photo.path, b=usual.path, label_a=photo.label, label_b=usual.label)
