"""Whether the station's own check is in date, and what follows where it is not.

A pure function of the last check, the schedule and the time. It is the only place of the rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from enum import StrEnum

from okng.config.station import OnFailure

GRACE = timedelta(minutes=15)
"""From due to overdue: time to fetch the master parts and to show them while the line runs."""


class CheckState(StrEnum):
    """State of the check with master parts."""

    UNUSED = "unused"
    """There are no master parts, and no schedule asks for a check."""
    NEVER = "never-checked"
    PASSED = "passed"
    FAILED = "failed"
    DUE = "due"
    OVERDUE = "overdue"


class Consequence(StrEnum):
    """What the state means for the line."""

    NONE = "none"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a check is due, and what follows if it is not made.

    Attributes:
        every: time between two checks; None for none.
        shifts: local times of day at which a shift starts and a check is due; may be empty.
        grace: from due to overdue.
        on_failure: what a failed or overdue check does.
    """

    every: timedelta | None = None
    shifts: tuple[time_of_day, ...] = ()
    grace: timedelta = GRACE
    on_failure: OnFailure = OnFailure.WARN

    @property
    def asks(self) -> bool:
        """Whether a check is ever due by itself."""
        return self.every is not None or bool(self.shifts)


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The last check on record.

    Attributes:
        time: when it ended, in UTC.
        passed: whether every verdict matched.
        model_digest: of the model file that was checked.
        serials: of the parts that were shown.
    """

    time: datetime
    passed: bool
    model_digest: str
    serials: frozenset[str]


@dataclass(frozen=True, slots=True)
class MasterStatus:
    """State of the check, for the page and the gate.

    Attributes:
        state: where it stands.
        consequence: what that means for the line.
        due: when the next check is due, in UTC; None if none is.
        changed: the model, its threshold, or the list of parts changed after the last check.
        last: the last check; None before the first.
    """

    state: CheckState
    consequence: Consequence
    due: datetime | None = None
    changed: bool = False
    last: LastCheck | None = None


def status_of(
    last: LastCheck | None,
    schedule: Schedule,
    now: datetime,
    *,
    model_digest: str,
    serials: Sequence[str],
    changed: datetime | None = None,
) -> MasterStatus:
    """The state of the check at a time.

    A failed check stays failed until one passes. After a change of model, threshold or list the
    check is due at once: what passed before is not what judges now.

    Args:
        last: the last check.
        schedule: when a check is due.
        now: with a time zone.
        model_digest: of the model file that judges now.
        serials: of the active master parts.
        changed: when model, threshold or list were changed last; None if not after the last check.
    """
    if last is None:
        return _unchecked(schedule, bool(serials))
    stale = last.model_digest != model_digest or not set(serials) <= last.serials
    due = _due(last.time, schedule)
    if stale:
        since = changed or last.time
        due = since if due is None else min(due, since)
    state = _state(last, due, now, schedule.grace)
    return MasterStatus(state, _consequence(state, schedule), due, stale, last)


def _unchecked(schedule: Schedule, parts: bool) -> MasterStatus:
    if not parts and not schedule.asks:
        return MasterStatus(CheckState.UNUSED, Consequence.NONE)
    # Without a schedule nobody has promised a check, so the line is not stopped for want of one.
    state = CheckState.NEVER
    consequence = _consequence(state, schedule) if schedule.asks else Consequence.WARN
    return MasterStatus(state, consequence)


def _state(last: LastCheck, due: datetime | None, now: datetime, grace: timedelta) -> CheckState:
    if not last.passed:
        return CheckState.FAILED
    if due is None or now < due:
        return CheckState.PASSED
    return CheckState.DUE if now < due + grace else CheckState.OVERDUE


def _consequence(state: CheckState, schedule: Schedule) -> Consequence:
    if state in {CheckState.UNUSED, CheckState.PASSED}:
        return Consequence.NONE
    if state is CheckState.DUE or schedule.on_failure is OnFailure.WARN:
        return Consequence.WARN
    return Consequence.BLOCK


def _due(checked: datetime, schedule: Schedule) -> datetime | None:
    """The first time after a check at which the next one is due."""
    times = [] if schedule.every is None else [checked + schedule.every]
    times += [_next(checked, start) for start in schedule.shifts]
    return min(times, default=None)


def _next(after: datetime, start: time_of_day) -> datetime:
    """The first time of day behind a moment, on the clock of this machine, in UTC."""
    local = after.astimezone()
    for days in (0, 1):
        # Naive, so that each day has its own offset where clocks change.
        moment = datetime.combine(local.date() + timedelta(days), start).astimezone()
        if moment > after:
            break
    return moment.astimezone(UTC)
