"""Photos whose pixels are equal: each copy against the first of its kind."""

from typing import TYPE_CHECKING

from okng.auditing.evidence import Evidence
from okng.auditing.findings import (
    Finding,
    Pair,
    Severity,
    count_of,
)

if TYPE_CHECKING:
    from okng.dataset import Photo


def exact_duplicates(evidence: Evidence) -> list[Pair]:
    """Pairs of photos with the same pixels; the same bytes, where pixels were not compared."""
    first: dict[str, Photo] = {}
    pairs = [
        (first.setdefault(evidence.pixels(photo), photo), photo)
        for photo in evidence.dataset.photos
    ]
    return [Pair(a=a.path, b=b.path, score=1.0) for a, b in pairs if a is not b]


def check(evidence: Evidence) -> list[Finding]:
    """Photos that are in the folder more than once."""
    pairs = exact_duplicates(evidence)
    if not pairs:
        return []
    return [
        Finding(
            check="exact_duplicates",
            severity=Severity.NOTICE,
            what=f"{count_of(len(pairs), 'photo is a copy', 'photos are copies')}, pixel by pixel, "
            "of another one.",
            advice="They count as one part. Leave the copies out: they teach nothing.",
            pairs=pairs,
        )
    ]
