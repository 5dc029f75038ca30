"""Numbers and times of rows -> texts of a page."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from okng.station.clock import moment_of, utc_of
from okng.wording import Language, chosen_language, number, percent

E9 = 1_000_000_000
"""Steps of a stored score: one is 1e-9."""
_US = 1_000_000  # microseconds in a second
_SHORT = 8  # digits of a digest that people compare
NONE = "\N{EN DASH}"
"""Stands for a value that there is not."""


def score(value_e9: int | None, digits: int = 3) -> str:
    """A stored score with so many decimals; a dash for none."""
    return NONE if value_e9 is None else number(value_e9 / E9, f".{digits}f")


def milliseconds(latency_us: int) -> str:
    """A latency in milliseconds: two significant digits below 10, else whole."""
    value = latency_us / 1000
    return f"{number(value, '.1f' if value < 10 else '.0f')} ms"


def moment(time_us: int, offset_min: int = 0) -> datetime:
    """A stored time on the clock of its station."""
    return moment_of(time_us, offset_min)


def clock(time_us: int, offset_min: int = 0) -> str:
    """Hours, minutes and seconds on the clock of the station."""
    return f"{moment(time_us, offset_min):%H:%M:%S}"


def date(time_us: int, offset_min: int = 0) -> str:
    """The day on the clock of the station, as the language writes it."""
    pattern = "%d.%m.%Y" if chosen_language() is Language.DE else "%Y-%m-%d"
    return moment(time_us, offset_min).strftime(pattern)


def iso(time_us: int, offset_min: int = 0) -> str:
    """The time for machines: ISO 8601 with offset."""
    return moment(time_us, offset_min).isoformat(timespec="milliseconds")


def short(digest: str | None) -> str:
    """The first digits of a digest."""
    return (digest or NONE)[:_SHORT]


def whole(value: float) -> str:
    """A count with marks between thousands."""
    return number(value, ",.0f")


def hour(value: datetime) -> str:
    """Hours and minutes."""
    return f"{value:%H:%M}"


def local_time(time_us: int) -> str:
    """A time on the clock of the server, to the minute."""
    local = utc_of(time_us).astimezone()
    offset = local.utcoffset() or timedelta()
    return f"{date(time_us, offset // timedelta(minutes=1))} {local:%H:%M}"


def person(by: str) -> str:
    """Who did it: a user by name; keys and the station as they stand on record."""
    return by.removeprefix("user:")


FILTERS: Mapping[str, Callable[..., object]] = {
    "score": score,
    "milliseconds": milliseconds,
    "clock": clock,
    "date": date,
    "iso": iso,
    "short": short,
    "hour": hour,
    "local_time": local_time,
    "whole": whole,
    "person": person,
    "percent": percent,
    "number": number,
}
"""Filters of the templates by name."""
