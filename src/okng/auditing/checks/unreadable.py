"""Files that cannot be read as photos."""

from collections.abc import Sequence

from okng.auditing.evidence import Evidence
from okng.auditing.findings import Fault, Finding, Severity
from okng.dataset import Unreadable
from okng.errors import PhotoFault

_ADVICE = {
    PhotoFault.DAMAGED: "Take these photos again; check disk and camera.",
    PhotoFault.EMPTY: "Take these photos again; check disk and camera.",
    PhotoFault.DENIED: "Check the paths and rights of these files.",
    PhotoFault.NO_PHOTO: "Move these files out of the folder.",
    PhotoFault.FORMAT: "Save them as JPEG, PNG or TIFF.",
    PhotoFault.FORM: "The files are whole: save them as PNG or TIFF of 8 or 16 bit with 1 or 3 "
    "channels.",
    PhotoFault.RANGE: "The files are whole: save them as PNG or TIFF of 8 or 16 bit.",
    PhotoFault.DEPTH: "Save all photos with the same bit depth.",
    PhotoFault.PAGES: "Split them into one file per photo.",
    PhotoFault.SIZE: "Crop or shrink them.",
}
_ELSE = "See the reason of each."


def faults(evidence: Evidence) -> list[Fault]:
    """Each with its reason."""
    return [Fault(path=u.path, reason=u.reason) for u in evidence.dataset.unreadable]


def check(evidence: Evidence) -> list[Finding]:
    """Unreadable files, one finding for each way out."""
    by_advice: dict[str, list[Unreadable]] = {}
    for file in evidence.dataset.unreadable:
        by_advice.setdefault(_ADVICE.get(file.fault, _ELSE), []).append(file)
    return [_finding(files, advice) for advice, files in by_advice.items()]


def _finding(files: Sequence[Unreadable], advice: str) -> Finding:
    count = "1 file cannot" if len(files) == 1 else f"{len(files)} files cannot"
    return Finding(
        check="unreadable",
        severity=Severity.NOTICE,
        what=f"{count} be read, first {files[0].path}: {files[0].reason}.",
        advice=f"Left out. {advice}",
        photos=[file.path for file in files],
    )
