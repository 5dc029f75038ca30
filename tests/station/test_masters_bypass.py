"""The bypass log: who took the inspection out of use, why, until when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from okng.errors import MissingError, StationError
from okng.records import Records
from okng.station.clock import microseconds
from okng.station.oversight.bypass import LONGEST, BypassLog

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Clock:
    """A wall clock that can be set, and one that cannot."""

    def __init__(self) -> None:
        self.wall, self.seconds = NOON, 0.0

    def now(self) -> datetime:
        """The wall clock."""
        return self.wall

    def ticks(self) -> float:
        """The other clock."""
        return self.seconds

    def advance(self, time: timedelta) -> None:
        """Both clocks go on."""
        self.wall += time
        self.seconds += time.total_seconds()


@pytest.fixture
def clock() -> Clock:
    """Stands at noon."""
    return Clock()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Empty records."""
    with Records(tmp_path / "records.sqlite") as records:
        yield records


@pytest.fixture
def log(records: Records, clock: Clock) -> BypassLog:
    """The log of a station without a bypass."""
    return BypassLog(records, "station-1", now=clock.now, ticks=clock.ticks)


def test_bypass_names_person_reason_and_end(log: BypassLog) -> None:
    """A bypass that is on answers who, why and until when, and stands on record with it."""
    log.begin("user:mia", " lamp is being replaced ", NOON + timedelta(hours=2))
    on = log.current()
    entry = log.history()[0]

    assert on is not None
    assert (on.by, on.reason, on.until) == (
        "user:mia", "lamp is being replaced", NOON + timedelta(hours=2),
    )  # fmt: skip
    assert (entry.by, entry.id) == ("user:mia", on.id)


def test_bypass_ends_by_itself(log: BypassLog, clock: Clock) -> None:
    """At its end nobody has to do anything."""
    log.begin("user:mia", "lamp", NOON + timedelta(hours=2))
    clock.advance(timedelta(hours=2))

    assert log.current() is None


def test_clock_set_back_does_not_prolong_a_bypass(log: BypassLog, clock: Clock) -> None:
    """The time of a bypass is counted on a clock that nobody sets."""
    log.begin("user:mia", "lamp", NOON + timedelta(hours=2))
    clock.advance(timedelta(hours=1, minutes=59))
    clock.wall -= timedelta(hours=12)
    assert log.current() is not None
    clock.seconds += 61

    assert log.current() is None


def test_bypass_outlives_a_restart(log: BypassLog, records: Records, clock: Clock) -> None:
    """A station that starts again reads the bypass from its records."""
    begun = log.begin("user:mia", "lamp", NOON + timedelta(hours=2))
    clock.advance(timedelta(minutes=5))

    again = BypassLog(records, "station-1", now=clock.now, ticks=clock.ticks)
    other = BypassLog(records, "station-2", now=clock.now, ticks=clock.ticks)

    assert again.current() == begun
    assert other.current() is None


def test_person_ends_a_bypass_early(log: BypassLog, records: Records, clock: Clock) -> None:
    """Both ends are on record, and a restart does not bring the bypass back."""
    log.begin("user:mia", "lamp", NOON + timedelta(hours=2))
    log.end("user:ben", "lamp is in")

    assert log.current() is None
    assert [entry.by for entry in log.history()] == ["user:mia", "user:ben"]
    assert BypassLog(records, "station-1", now=clock.now, ticks=clock.ticks).current() is None
    with pytest.raises(MissingError):
        log.end("user:ben")


@pytest.mark.parametrize(
    ("reason", "until"),
    [
        ("  ", NOON + timedelta(hours=1)),
        ("lamp", NOON),
        ("lamp", NOON + LONGEST + timedelta(seconds=1)),
        ("lamp", datetime(2026, 11, 28, 13)),
    ],
)
def test_bypass_without_reason_or_near_end_is_refused(
    log: BypassLog, reason: str, until: datetime
) -> None:
    """Nothing goes on record, and the inspection stays in use."""
    with pytest.raises(StationError, match="cannot begin"):
        log.begin("user:mia", reason, until)

    assert log.current() is None
    assert log.history() == []


def test_times_of_bypasses_are_remembered(log: BypassLog, clock: Clock) -> None:
    """A verdict of then is marked as bypassed, after the end and after an early end."""

    def covered(after: timedelta) -> bool:
        return log.covers(microseconds(NOON + after))

    minute = timedelta(minutes=1)
    log.begin("user:mia", "lamp", NOON + 30 * minute)
    clock.advance(10 * minute)
    log.end("user:mia")
    clock.advance(10 * minute)
    log.begin("user:mia", "lamp again", NOON + 25 * minute)
    clock.advance(60 * minute)

    assert [covered(n * minute) for n in (-1, 0, 9, 10, 19, 20, 24, 25)] == [
        False, True, True, False, False, True, True, False,
    ]  # fmt: skip
