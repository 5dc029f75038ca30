"""The live board: last inspection, counters of shift and hour; computed once for all readers."""

import math
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from time import monotonic
from typing import NamedTuple, cast

from okng.records import InspectionRow, Records
from okng.records.queries import Counts, InspectionFilter, Statistics
from okng.wording import mark

_CHECK_S = 0.3  # between two looks for a new inspection: faster than eyes follow
_COUNT_S = 10.0  # after which counters are renewed, also without one: an hour may have ended
_US = 1_000_000  # microseconds in a second
_TITLES = (mark("this shift"), mark("this hour"))


class Count(NamedTuple):
    """Inspections of a period by verdict.

    Attributes:
        title: of the period, in English; marked for translation.
        since: begin of the period, in local time.
        ok: number of verdicts OK; likewise the others.
    """

    title: str
    since: datetime
    ok: int = 0
    ng: int = 0
    review: int = 0
    error: int = 0

    @property
    def total(self) -> int:
        """All inspections of the period."""
        return self.ok + self.ng + self.review + self.error

    def share(self, number: int) -> float | None:
        """A number of them as a share in [0, 1]; None without inspections."""
        return number / self.total if self.total else None


class Panel(NamedTuple):
    """What the live page shows.

    Attributes:
        row: the last inspection; None before the first one.
        counts: one for each period.
        latency_us: median of this hour, in microseconds; None before the first part.
    """

    row: InspectionRow | None
    counts: Sequence[Count]
    latency_us: float | None = None


class LiveBoard:
    """The board of one station, computed once for all who see it; to be used from any thread.

    Args:
        records: of the station.
        station: its name.
        shifts: local times at which a shift begins.
        now: the clock, in local time with its zone.
    """

    def __init__(
        self,
        records: Records,
        station: str,
        shifts: Sequence[time],
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._records, self._station, self._shifts, self._now = records, station, shifts, now
        self._lock = threading.Lock()
        self._panel: Panel | None = None
        self._checked = self._counted = -math.inf

    def panel(self) -> Panel:
        """The board now. It is the same object as long as nothing has changed."""
        with self._lock:
            ticks = monotonic()
            if self._panel is None or ticks - self._checked >= _CHECK_S:
                row = _last(self._records, self._station)
                stale = ticks - self._counted >= _COUNT_S
                if self._panel is None or stale or row != self._panel.row:
                    self._renew(row)
                    self._counted = ticks
                self._checked = ticks
            return cast("Panel", self._panel)

    def _renew(self, row: InspectionRow | None) -> None:
        now = self._now()
        begins = (shift_begin(now, self._shifts), now.replace(minute=0, second=0, microsecond=0))
        shift, hour = (self._statistics(begin, now) for begin in begins)
        counts = tuple(
            _count(title, begin, each.counts)
            for title, begin, each in zip(_TITLES, begins, (shift, hour), strict=True)
        )
        panel = Panel(row, counts, hour.latency.p50 * 1000 if hour.latency else None)
        if panel != self._panel:
            self._panel = panel

    def _statistics(self, begin: datetime, now: datetime) -> Statistics:
        since, until = (int(each.timestamp() * _US) for each in (begin, now))
        return self._records.statistics(since, until, station=self._station)


def shift_begin(now: datetime, shifts: Sequence[time]) -> datetime:
    """When the shift of a time began: the last of the starts, today or the day before.

    Args:
        now: in local time with its zone.
        shifts: local times at which a shift begins; midnight if there are none.
    """
    days = (now.date() - timedelta(days=1), now.date())
    starts = (datetime.combine(day, start, now.tzinfo)
              for day in days for start in shifts or (time(),))  # fmt: skip
    return max(start for start in starts if start <= now)


def _count(title: str, begin: datetime, counts: Counts) -> Count:
    return Count(title, begin, counts.ok, counts.ng, counts.review, counts.error)


def _last(records: Records, station: str) -> InspectionRow | None:
    rows = records.page(InspectionFilter(station=station), 1).rows
    return rows[0] if rows else None
