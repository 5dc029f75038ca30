"""Master parts and checks as their page shows them."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from okng.records.payloads import MasterShown
from okng.station.camera.findings import CameraFinding
from okng.station.masters import CheckResult, MasterLog, MasterPart, MasterStatus
from okng.wording import mark, render

_LAST = 10  # checks that the page shows
STATES = {
    "unused": mark("No check is asked for."),
    "never-checked": mark("The station was never checked with its master parts."),
    "passed": mark("The last check passed."),
    "failed": mark("The last check failed. Find the cause, then check again."),
    "due": mark("A check is due now."),
    "overdue": mark("The check is overdue."),
}
"""States of the check, in English; marked for translation."""


class Row(NamedTuple):
    """A master part, and what the check that has begun has of it.

    Attributes:
        part: the master part.
        shown: what the station made of it; None if it is yet to be shown, or no check has begun.
        matches: whether the verdict is right.
    """

    part: MasterPart
    shown: MasterShown | None
    matches: bool


class Masters(NamedTuple):
    """What the page shows.

    Attributes:
        rows: the list.
        status: of the check.
        state: the same in words.
        checking: whether a check has begun.
        missing: number of parts that are yet to be shown.
        findings: about light, focus and position, as sentences.
        history: last checks, newest first.
    """

    rows: Sequence[Row]
    status: MasterStatus
    state: str
    checking: bool
    missing: int
    findings: Sequence[str]
    history: Sequence[CheckResult]

    @classmethod
    def of(cls, masters: MasterLog, model_digest: str) -> Self:
        """The page of now, in the chosen language."""
        check, status = masters.check, masters.status(model_digest)
        seen = {} if check is None else check.shown
        rows = [
            Row(part, seen[part.serial].payload(), seen[part.serial].matches)
            if part.serial in seen
            else Row(part, None, matches=False)
            for part in masters.parts
        ]
        return cls(
            rows,
            status,
            STATES[status.state],
            check is not None,
            0 if check is None else len(check.missing),
            sentences(masters.findings()) if check else [],
            masters.history(_LAST)[::-1],
        )


def sentences(findings: Sequence[CameraFinding]) -> list[str]:
    """Findings in the chosen language."""
    messages = [finding.message() for finding in findings]
    return [render(message.code, message.values) for message in messages]
