"""The state of the station's check: a function of the last check, the schedule and the time."""

from datetime import UTC, datetime, time, timedelta

import pytest

from okng.config.station import OnFailure
from okng.station.masters import CheckState, Consequence, Schedule
from okng.station.masters.status import GRACE, LastCheck, MasterStatus, status_of

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERY_8_HOURS = Schedule(every=8 * HOUR)
BLOCKS = Schedule(every=8 * HOUR, on_failure=OnFailure.BLOCK)
PASSED = LastCheck(NOON, True, "m", frozenset({"G1", "B1"}))
FAILED = LastCheck(NOON, False, "m", frozenset({"G1", "B1"}))


def state(
    last: LastCheck | None, schedule: Schedule, after: timedelta, **given: object
) -> MasterStatus:
    """The state some time after noon; the same model and parts unless given."""
    values = {"model_digest": "m", "serials": ("G1", "B1")} | given
    return status_of(last, schedule, NOON + after, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "expected", "consequence"),
    [
        (timedelta(0), CheckState.PASSED, Consequence.NONE),
        (8 * HOUR - timedelta(seconds=1), CheckState.PASSED, Consequence.NONE),
        (8 * HOUR, CheckState.DUE, Consequence.WARN),
        (8 * HOUR + GRACE, CheckState.OVERDUE, Consequence.BLOCK),
    ],
)
def test_passed_check_becomes_due_and_then_overdue(
    after: timedelta, expected: CheckState, consequence: Consequence
) -> None:
    """Due warns in any case; only what is overdue blocks."""
    status = state(PASSED, BLOCKS, after)

    assert (status.state, status.consequence) == (expected, consequence)
    assert status.due == NOON + 8 * HOUR


def test_overdue_only_warns_where_so_configured() -> None:
    """`masters.on_failure = warn` never stops the line."""
    assert state(PASSED, EVERY_8_HOURS, 24 * HOUR).consequence is Consequence.WARN
    assert state(FAILED, EVERY_8_HOURS, HOUR).consequence is Consequence.WARN


def test_failed_check_stays_failed_until_one_passes() -> None:
    """Time heals nothing, also without a schedule."""
    for schedule in (BLOCKS, Schedule(on_failure=OnFailure.BLOCK)):
        status = state(FAILED, schedule, 24 * HOUR)

        assert (status.state, status.consequence) == (CheckState.FAILED, Consequence.BLOCK)


def test_station_that_was_never_checked_blocks_only_under_a_schedule() -> None:
    """Without a schedule nobody has promised a check; without parts there is nothing to check."""
    blocking = Schedule(on_failure=OnFailure.BLOCK)

    assert state(None, BLOCKS, HOUR).consequence is Consequence.BLOCK
    assert state(None, blocking, HOUR).consequence is Consequence.WARN
    assert state(None, blocking, HOUR, serials=()).state is CheckState.UNUSED


@pytest.mark.parametrize("change", [{"model_digest": "other"}, {"serials": ("G1", "B1", "B2")}])
def test_change_of_model_or_list_makes_the_check_due(change: dict[str, object]) -> None:
    """What passed before is not what judges now."""
    changed = NOON + HOUR
    status = state(PASSED, Schedule(), 2 * HOUR, changed=changed, **change)

    assert status.changed
    assert (status.state, status.due) == (CheckState.OVERDUE, changed)
    assert state(PASSED, Schedule(), HOUR, changed=changed, **change).state is CheckState.DUE


def test_part_that_leaves_the_list_makes_no_check_due() -> None:
    """The parts that are left were all checked."""
    status = state(PASSED, Schedule(), 2 * HOUR, serials=("B1",))

    assert (status.state, status.changed) == (CheckState.PASSED, False)


def test_check_is_due_at_the_next_start_of_a_shift() -> None:
    """Whichever comes first: the start of a shift, or the time between two checks."""
    start = (NOON + 2 * HOUR).astimezone().time()
    earlier = (NOON - 2 * HOUR).astimezone().time()
    schedule = Schedule(every=8 * HOUR, shifts=(start, earlier))

    assert state(PASSED, schedule, HOUR).due == NOON + 2 * HOUR
    assert state(PASSED, Schedule(shifts=(earlier,)), HOUR).due == NOON + 22 * HOUR


def test_check_at_the_very_start_of_a_shift_counts_for_it() -> None:
    """The next one is due a day later, not at once."""
    schedule = Schedule(shifts=(time(NOON.astimezone().hour, NOON.astimezone().minute),))

    assert state(PASSED, schedule, timedelta(0)).due == NOON + 24 * HOUR
