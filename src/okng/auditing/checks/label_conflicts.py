"""One part with two labels."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from okng.auditing.evidence import Evidence
from okng.auditing.findings import (
    Conflict,
    Finding,
    Pair,
    Severity,
    count_of,
)
from okng.dataset import Photo


def label_conflicts(evidence: Evidence) -> list[Conflict]:
    """Photos labelled unlike most other photos of the same part.

    Groups that the user gave are left alone, but for equal photos: a part may be good on one photo
    of it and show its defect on another.
    """
    return [
        Conflict(a=photo.path, b=usual.path, label_a=photo.label, label_b=usual.label)
        for photo, usual, _ in _contradictions(evidence)
    ]


def doubtful(evidence: Evidence) -> set[str]:
    """Paths of photos whose labels cannot be believed.

    Those that are fewer than others of their part; where it stands even, both sides.
    """
    found = set()
    for *_, copies in _contradictions(evidence):
        counts = Counter(copy.label for copy in copies)
        most = max(counts.values())
        tied = list(counts.values()).count(most) > 1
        found |= {copy.path for copy in copies if tied or counts[copy.label] < most}
    return found


def check(evidence: Evidence) -> list[Finding]:
    """Labels that contradict each other."""
    found = list(_contradictions(evidence))
    if not found:
        return []
    return [
        Finding(
            check="label_conflicts",
            severity=Severity.SERIOUS,
            what=f"{count_of(len(found), 'photo is', 'photos are')} labelled unlike other photos "
            "of the same part.",
            advice="One of the two labels is wrong. Look at each pair and move the photo; "
            "`fix` leaves these photos out.",
            photos=[photo.path for photo, _, _ in found],
            pairs=[
                Pair(a=photo.path, b=usual.path, score=_score(evidence, photo, usual))
                for photo, usual, _ in found
            ],
        )
    ]


def _contradictions(evidence: Evidence) -> Iterator[tuple[Photo, Photo, list[Photo]]]:
    """A photo, another one of its part with the usual label, and all of them."""
    for copies in _same_things(evidence):
        counts = Counter(photo.label for photo in copies).most_common()
        if len(counts) < 2:
            continue
        usual = {photo.path: photo for photo in copies if photo.label == counts[0][0]}
        for photo in copies:
            if photo.path not in usual:
                yield photo, evidence.closest(photo, usual)[0], copies


def _same_things(evidence: Evidence) -> Iterator[list[Photo]]:
    """Photos that ought to have one label: of a found part, or equal ones of a given part."""
    for photos in evidence.groups():
        yield [photo for photo in photos if not evidence.given.get(photo.path)]
        equal: dict[str, list[Photo]] = defaultdict(list)
        for photo in photos:
            if evidence.given.get(photo.path):
                equal[evidence.pixels(photo)].append(photo)
        yield from equal.values()


def _score(evidence: Evidence, photo: Photo, usual: Photo) -> float:
    return evidence.closest(photo, {usual.path: usual})[1]
