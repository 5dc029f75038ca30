"""Leakage: parts with photos in more than one split."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Pair, Severity
from okng.wording import sentence

if TYPE_CHECKING:
    from okng.dataset import Photo


class Leaks(Check):
    """Photos of validation or test whose part is also in an earlier split."""

    id = "leaks"

    def run(self, evidence: Evidence) -> CheckResult[list[Pair]]:
        """Rows: each such photo, with the photo of its part in the earlier split."""
        pairs = _leaks(evidence)
        return CheckResult([_finding(evidence, pairs)] if pairs else [], pairs)


def _leaks(evidence: Evidence) -> list[Pair]:
    """Each photo of validation or test whose group is in an earlier split.

    Validation is compared with training; the test with training and with validation, as the
    threshold is chosen on validation.
    """
    earlier: dict[str, dict[str, Photo]] = defaultdict(dict)
    pairs: list[Pair] = []
    # In this order, so that each photo is compared with the splits before its own.
    for split in ("train", "val", "test"):
        photos = [p for p in evidence.dataset.photos if p.split == split and p.group]
        pairs += [
            _pair(photo, *evidence.closest(photo, earlier[photo.group]))
            for photo in photos
            if photo.group in earlier
        ]
        for photo in photos:
            earlier[photo.group][photo.path] = photo
    return pairs


def _pair(photo: "Photo", other: "Photo", score: float) -> Pair:
    return Pair(a=photo.path, b=other.path, score=score)


def _finding(evidence: Evidence, pairs: list[Pair]) -> Finding:
    split = {photo.path: photo.split for photo in evidence.dataset.photos}
    photos, leaking = Counter(split.values()), Counter(split[pair.a] for pair in pairs)
    counts = [(leaking[name], photos[name], name) for name in ("test", "val") if leaking[name]]
    result = sentence("leaks", splits=counts)
    return Finding.of("leaks", Severity.SERIOUS, result, pairs=pairs)
