"""Times of the records are whole microseconds, and shown on the clock of their station."""

from datetime import UTC, datetime, timedelta

import pytest

from okng.station.clock import microseconds, moment_of, offset_minutes, utc_of

MOMENT = datetime(2026, 11, 29, 14, 5, 6, 999_999, UTC)


@pytest.mark.parametrize("year", [1970, 2026, 2200])
def test_a_stored_time_comes_back_to_the_microsecond(year: int) -> None:
    """A float of such a time would be off by one."""
    moment = MOMENT.replace(year=year)

    assert utc_of(microseconds(moment)) == moment


@pytest.mark.parametrize(("offset", "hour"), [(0, 14), (60, 15), (-210, 10)])
def test_a_time_is_shown_on_the_clock_of_its_station(offset: int, hour: int) -> None:
    """With the offset that was stored, wherever it is read."""
    shown = moment_of(microseconds(MOMENT), offset)

    assert (shown.hour, shown.utcoffset()) == (hour, timedelta(minutes=offset))
    assert shown == MOMENT


def test_the_offset_is_that_of_this_machine() -> None:
    """Whatever time zone the time itself has."""
    local = MOMENT.astimezone().utcoffset()

    assert timedelta(minutes=offset_minutes(MOMENT)) == local
