"""Leakage: parts with photos on both sides of a split."""

from collections import defaultdict
from typing import TYPE_CHECKING

from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Pair, Severity

if TYPE_CHECKING:
    from okng.dataset import Photo


def leaks(evidence: Evidence) -> list[Pair]:
    """Each photo of validation or test whose group was seen before.

    Validation is compared with training; the test with training, then with validation, for the
    threshold is chosen there.
    """
    seen: dict[str, dict[str, Photo]] = defaultdict(dict)
    found: list[Pair] = []
    for split in ("train", "val", "test"):
        photos = [p for p in evidence.dataset.photos if p.split == split and p.group]
        found += [
            _pair(photo, *evidence.closest(photo, seen[photo.group]))
            for photo in photos
            if photo.group in seen
        ]
        for photo in photos:
            seen[photo.group][photo.path] = photo
    return found


def _pair(photo: "Photo", other: "Photo", score: float) -> Pair:
    return Pair(a=photo.path, b=other.path, score=score)


def check(evidence: Evidence) -> list[Finding]:
    """A split that lets the test be passed from memory."""
    pairs = leaks(evidence)
    if not pairs:
        return []
    split = {photo.path: photo.split for photo in evidence.dataset.photos}
    counts = {name: list(split.values()).count(name) for name in ("val", "test")}
    said = [
        f"{number} of {counts[name]} photos of the {name} split"
        for name in ("test", "val")
        if (number := sum(split[pair.a] == name for pair in pairs))
    ]
    return [
        Finding(
            check="leaks",
            severity=Severity.SERIOUS,
            what=f"{' and '.join(said)} show parts that training has seen.",
            advice="Figures on this split are memory, not evidence. Take `data.split` new, "
            "which keeps "
            "each part on one side, or `data.split` repair, which drops from training what leaks.",
            pairs=pairs,
        )
    ]
