"""A station signs at the end of a shift, and deletes by its rules, by the clock."""

import time as clock_time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from okng.config import StationSettings
from okng.config.station import RecordsSection, StationSection
from okng.errors import ConfigError
from okng.records import Records
from okng.records.photos import PhotoStore
from okng.records.proof import HeadSigner, read_heads, station_keys
from okng.records.upkeep.schedule import Schedule, shift_begins, shift_starts
from okng.testing.station.records import inspection_row

NOON = datetime(2026, 3, 30, 13, 59)


@contextmanager
def _scheduled(
    folder: Path, records: RecordsSection | None = None
) -> Iterator[tuple[Schedule, Records, list[datetime]]]:
    """A schedule whose clock is the last of a list."""
    now = [NOON]
    signer = HeadSigner(folder / "heads", station_keys(folder / "keys"))
    settings = StationSettings(
        station=StationSection(folder=folder), records=records or RecordsSection()
    )
    with Records(folder / "r.sqlite", committed=signer.committed) as opened:
        schedule = Schedule(opened, PhotoStore(folder / "p"), signer, settings, lambda: now[-1])
        try:
            yield schedule, opened, now
        finally:
            schedule.stop()


def test_a_head_is_signed_for_good_where_a_shift_ends(tmp_path: Path) -> None:
    """Once at 14:00, and not again before 22:00."""
    with _scheduled(tmp_path) as (schedule, records, now):
        records.append(inspection_row()).result(10)
        for minutes in (0, 1, 2, 60):
            now.append(NOON + timedelta(minutes=minutes))
            schedule.step()

    reasons = [head.reason for head in read_heads(tmp_path / "heads")]
    assert reasons == ["shift", "current"]


def test_retention_runs_an_hour_after_the_start(tmp_path: Path) -> None:
    """By the rules of the settings."""
    old = inspection_row(time_us=clock_time.time_ns() // 1000 - 40 * 86_400_000_000)
    with _scheduled(tmp_path, RecordsSection(keep_days=30)) as (schedule, records, now):
        records.append(old).result(10)
        left = []
        for minutes in (30, 61):
            now.append(NOON + timedelta(minutes=minutes))
            schedule.step()
            left.append(records.inspection(old.id) is not None)

    assert left == [True, False]


def test_a_clock_that_jumps_ahead_deletes_nothing(tmp_path: Path) -> None:
    """Every inspection would look old; the fault is there to be shown until the next start."""
    row = inspection_row(time_us=clock_time.time_ns() // 1000 - 40 * 86_400_000_000)
    with _scheduled(tmp_path, RecordsSection(keep_days=30)) as (schedule, records, now):
        records.append(row).result(10)
        for days in (400, 401):
            now.append(NOON + timedelta(days=days))
            schedule.step()

        assert records.inspection(row.id) == row
        assert schedule.fault is not None
        assert schedule.fault.code == "records.retention"


@pytest.mark.parametrize(
    ("since", "until", "begins"),
    [("13:59", "14:00", True), ("14:00", "14:01", False), ("21:00", "22:30", True),
     ("00:00", "05:59", False)],
)  # fmt: skip
def test_a_shift_begins_within_a_span(since: str, until: str, begins: bool) -> None:
    """The span is open at its begin: a moment belongs to one span."""
    day = datetime(2026, 3, 30)
    times = [datetime.combine(day, time.fromisoformat(each)) for each in (since, until)]

    assert shift_begins(shift_starts("6:00, 14:00,22:00"), *times) is begins


def test_a_span_over_midnight_holds_the_shifts_of_both_days() -> None:
    """From 21:00 to 01:00 there is 22:00."""
    since, until = datetime(2026, 3, 30, 21), datetime(2026, 3, 31, 1)

    assert shift_begins(shift_starts("22:00"), since, until)
    assert not shift_begins(shift_starts(""), since, until)


def test_a_start_of_a_shift_that_is_no_time_is_refused() -> None:
    """Before the station starts, with what is allowed."""
    with pytest.raises(ConfigError, match="06:00,14:00"):
        shift_starts("6 am")
