"""Files that cannot be read as photos."""

from collections.abc import Sequence

from okng.auditing.check import Check, CheckResult
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Fault, Finding, Severity
from okng.dataset import Unreadable
from okng.errors import PhotoFault

_ADVICE = {
    PhotoFault.DAMAGED: "Take these photos again; check disk and camera.",
    PhotoFault.EMPTY: "Take these photos again; check disk and camera.",
    PhotoFault.DENIED: "Check the paths and permissions of these files.",
    PhotoFault.NO_PHOTO: "Move these files out of the folder.",
    PhotoFault.FORMAT: "Save them as JPEG, PNG or TIFF.",
    PhotoFault.FORM: "The files are intact: save them as PNG or TIFF of 8 or 16 bit with 1 or 3 "
    "channels.",
    PhotoFault.RANGE: "The files are intact: save them as PNG or TIFF of 8 or 16 bit.",
    PhotoFault.DEPTH: "Save all photos with the same bit depth.",
    PhotoFault.PAGES: "Split them into one file per photo.",
    PhotoFault.SIZE: "Crop or shrink them.",
}
_OTHERWISE = "See the reason given for each file."


class UnreadableFiles(Check):
    """Files that cannot be read, with one finding per advice."""

    id = "unreadable"

    def run(self, evidence: Evidence) -> CheckResult[list[Fault]]:
        """Rows: each file with the reason."""
        files = evidence.dataset.unreadable
        by_advice: dict[str, list[Unreadable]] = {}
        for file in files:
            by_advice.setdefault(_ADVICE.get(file.fault, _OTHERWISE), []).append(file)
        return CheckResult(
            [_finding(files, advice) for advice, files in by_advice.items()],
            [Fault(path=file.path, reason=file.reason) for file in files],
        )


def _finding(files: Sequence[Unreadable], advice: str) -> Finding:
    count = "1 file cannot" if len(files) == 1 else f"{len(files)} files cannot"
    return Finding(
        check="unreadable",
        severity=Severity.NOTICE,
        what=f"{count} be read, first {files[0].path}: {files[0].reason}.",
        advice=f"Left out. {advice}",
        photos=[file.path for file in files],
    )
