"""Photos with identical pixels."""

from typing import TYPE_CHECKING

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Finding, Pair, Severity
from okng.wording import sentence

if TYPE_CHECKING:
    from okng.dataset import Photo


class ExactDuplicates(Check):
    """Photos with identical pixels; photos that were not decoded are compared by their bytes."""

    id = "exact_duplicates"

    def run(self, evidence: Evidence) -> CheckResult[list[Pair]]:
        """Rows: each copy, paired with the first photo of the same pixels."""
        first: dict[str, Photo] = {}
        photos = [
            (first.setdefault(evidence.pixels(photo), photo), photo)
            for photo in evidence.dataset.photos
        ]
        pairs = [Pair(a=a.path, b=b.path, score=1.0) for a, b in photos if a is not b]
        return CheckResult([_finding(pairs)] if pairs else [], pairs)


def _finding(pairs: list[Pair]) -> Finding:
    result = sentence("exact_duplicates", photos=len(pairs))
    return Finding.of("exact_duplicates", Severity.NOTICE, result, pairs=pairs)
