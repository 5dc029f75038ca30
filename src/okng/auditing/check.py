"""The interface of a check, and its result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from okng.auditing.evidence import Evidence, Need
from okng.auditing.findings import Finding

Rows_co = TypeVar("Rows_co", covariant=True)


@dataclass(frozen=True)
class CheckResult(Generic[Rows_co]):
    """Result of one check.

    Attributes:
        findings: what a person should know, with advice.
        rows: the entry of the check in `audit.json`, for checks that have one. None if it was not
            checked: an empty list would state that nothing is wrong.
        reason: why it was not checked; None if it was.
        applies: False if the check has no meaning for these photos, such as sizes of defects
            without masks. The summary then does not mention it.
    """

    findings: Sequence[Finding] = ()
    rows: Rows_co | None = None
    reason: str | None = None
    applies: bool = True

    @property
    def checked(self) -> bool:
        """Whether the check was made."""
        return self.applies and self.reason is None


NOT_APPLICABLE: CheckResult[Any] = CheckResult(applies=False)


def not_checked(reason: str) -> CheckResult[Any]:
    """The result of a check that could not be made."""
    return CheckResult(reason=reason)


class Check(Protocol):
    """One check of the audit. Checks do not depend on each other.

    Attributes:
        id: name in the summary; also the key of its rows in `audit.json`, if it has rows.
        needs: kinds of evidence without which the check is not run.
        in_summary: whether the summary lists it; not for checks that need nothing and cannot fail.
    """

    id: ClassVar[str]
    needs: ClassVar[tuple[Need, ...]] = ()
    in_summary: ClassVar[bool] = True

    def run(self, evidence: Evidence) -> CheckResult[Any]:
        """Check the photos. Called only if no needed kind of evidence is missing."""
        ...
