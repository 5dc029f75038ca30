"""Photos of one part with different labels."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Conflict, Finding, Pair, Severity
from okng.dataset import Photo
from okng.wording import sentence


class LabelConflicts(Check):
    """Photos whose label differs from that of most photos of the same part.

    In groups that the user gave, only photos with identical pixels are compared: a part may be
    good on one photo and show its defect on another.
    """

    id = "label_conflicts"

    def run(self, evidence: Evidence) -> CheckResult[list[Conflict]]:
        """Rows: each such photo, with a photo of its part that has the majority label."""
        conflicts = list(_conflicts(evidence))
        rows = [
            Conflict(
                a=conflict.photo.path,
                b=conflict.other.path,
                label_a=conflict.photo.label,
                label_b=conflict.other.label,
            )
            for conflict in conflicts
        ]
        return CheckResult([_finding(conflicts)] if conflicts else [], rows)


def doubtful(evidence: Evidence) -> set[str]:
    """Paths of photos whose labels are doubtful.

    Of each part with several labels: the photos in the minority; in a tie all of them.
    """
    paths = set()
    for copies in _comparable(evidence):
        counts = Counter(copy.label for copy in copies)
        if len(counts) < 2:
            continue
        most = max(counts.values())
        tied = list(counts.values()).count(most) > 1
        paths |= {copy.path for copy in copies if tied or counts[copy.label] < most}
    return paths


class _Conflicting(NamedTuple):
    """A photo, the closest photo of its part with the majority label, and how alike they are."""

    photo: Photo
    other: Photo
    score: float


def _conflicts(evidence: Evidence) -> Iterator[_Conflicting]:
    for copies in _comparable(evidence):
        counts = Counter(photo.label for photo in copies).most_common()
        if len(counts) < 2:
            continue
        majority = {photo.path: photo for photo in copies if photo.label == counts[0][0]}
        for photo in copies:
            if photo.path not in majority:
                other, _ = evidence.closest(photo, majority)
                # Scored against this photo alone, as `closest` may return the score of a third.
                _, score = evidence.closest(photo, {other.path: other})
                yield _Conflicting(photo, other, score)


def _comparable(evidence: Evidence) -> Iterator[list[Photo]]:
    """Photos that should have one label: of a derived group, or identical ones of a given group."""
    for photos in evidence.groups():
        yield [photo for photo in photos if not evidence.given.get(photo.path)]
        equal: dict[str, list[Photo]] = defaultdict(list)
        for photo in photos:
            if evidence.given.get(photo.path):
                equal[evidence.pixels(photo)].append(photo)
        yield from equal.values()


def _finding(conflicts: list[_Conflicting]) -> Finding:
    return Finding.of(
        "label_conflicts",
        Severity.SERIOUS,
        sentence("label_conflicts", photos=len(conflicts)),
        photos=[conflict.photo.path for conflict in conflicts],
        pairs=[Pair(a=c.photo.path, b=c.other.path, score=c.score) for c in conflicts],
    )
