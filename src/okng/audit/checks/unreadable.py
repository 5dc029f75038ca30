"""Files that cannot be read as photos."""

from okng.audit.evidence import Evidence
from okng.audit.findings import Fault, Finding, Severity


def faults(evidence: Evidence) -> list[Fault]:
    """Each with its reason."""
    return [Fault(path=u.path, reason=u.reason) for u in evidence.dataset.unreadable]


def check(evidence: Evidence) -> list[Finding]:
    """Unreadable, truncated or denied files."""
    found = faults(evidence)
    if not found:
        return []
    return [
        Finding(
            check="unreadable",
            severity=Severity.NOTICE,
            what=f"{len(found)} files cannot be read, first {found[0].path}: {found[0].reason}.",
            advice="They are left out. Take these photos again; look after disk and camera.",
            photos=[fault.path for fault in found],
        )
    ]
