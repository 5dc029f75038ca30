"""Files that cannot be read as photos."""

from collections.abc import Sequence

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Fault, Finding, Severity
from okng.dataset import Unreadable
from okng.errors import PhotoFault
from okng.wording import sentence

_CODES = {
    PhotoFault.DAMAGED: "damaged",
    PhotoFault.EMPTY: "damaged",
    PhotoFault.DENIED: "denied",
    PhotoFault.NO_PHOTO: "no_photo",
    PhotoFault.FORMAT: "format",
    PhotoFault.FORM: "form",
    PhotoFault.RANGE: "range",
    PhotoFault.DEPTH: "depth",
    PhotoFault.PAGES: "pages",
    PhotoFault.SIZE: "size",
}
"""Faults by what can be done about them."""
_OTHERWISE = "other"


class UnreadableFiles(Check):
    """Files that cannot be read, with one finding per advice."""

    id = "unreadable"

    def run(self, evidence: Evidence) -> CheckResult[list[Fault]]:
        """Rows: each file with the reason."""
        files = evidence.dataset.unreadable
        by_advice: dict[str, list[Unreadable]] = {}
        for file in files:
            by_advice.setdefault(_CODES.get(file.fault, _OTHERWISE), []).append(file)
        return CheckResult(
            [_finding(files, advice) for advice, files in by_advice.items()],
            [Fault(path=f.path, reason=f.reason, fault=f.fault.value) for f in files],
        )


def _finding(files: Sequence[Unreadable], advice: str) -> Finding:
    first = files[0]
    result = sentence(
        f"unreadable_{advice}",
        files=len(files),
        first=first.path,
        fault=(first.fault.value, first.reason),
    )
    photos = [file.path for file in files]
    return Finding.of("unreadable", Severity.NOTICE, result, photos=photos)
