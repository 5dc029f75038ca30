"""The bypass log: who took the inspection out of use, why, and until when.

While a bypass is on, verdicts are still computed and stored; they are answered as bypassed, and the
line passes the parts. It ends by itself. The log decides nothing about verdicts.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from okng.errors import MissingError, StationError
from okng.records import Entry, Kind, Records
from okng.records.payloads import Bypass
from okng.station.clock import entry_now, microseconds, utc_of
from okng.station.logbook import entries_of_kind

LONGEST = timedelta(hours=24)
"""One bypass, at most: whoever needs a longer one takes responsibility for it anew each day."""
SUBJECT = "bypass"
"""Subject of the entries of a bypass."""


@dataclass(frozen=True, slots=True)
class BypassNow:
    """A bypass that is on.

    Attributes:
        id: of the entry that began it.
        by: who began it.
        reason: why.
        begun: when, in UTC.
        until: when it ends by itself, in UTC.
    """

    id: str
    by: str
    reason: str
    begun: datetime
    until: datetime


class Period(NamedTuple):
    """A time in which the inspection was out of use.

    Attributes:
        begun_us: in microseconds since 1970.
        until_us: likewise; not included.
    """

    begun_us: int
    until_us: int


class BypassLog:
    """The bypasses of one station; to be used from any thread.

    Args:
        records: where they are stored.
        station: name of the station.
        now: the clock, in UTC.
        ticks: seconds of a clock that is never set.
    """

    def __init__(
        self,
        records: Records,
        station: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._records, self._station, self._now, self._ticks = records, station, now, ticks
        self._lock = threading.Lock()
        self._periods: list[Period] = []
        self._on = self._of_records()
        self._deadline = self._ticks() + self._seconds_left()

    def current(self) -> BypassNow | None:
        """The bypass that is on; None if there is none, or once its time is over."""
        on = self._on
        # Whichever clock says first that it is over.
        if on is None or self._now() >= on.until or self._ticks() >= self._deadline:
            return None
        return on

    def covers(self, time_us: int) -> bool:
        """Whether a bypass was on at a time, in microseconds since 1970."""
        # by the time of receipt
        return any(period.begun_us <= time_us < period.until_us for period in self._periods)

    def begin(self, by: str, reason: str, until: datetime) -> BypassNow:
        """Take the inspection out of use; it is on record when this returns.

        A bypass that is on is replaced.

        Args:
            by: who does it, as `user:NAME`.
            reason: why; not empty.
            until: when it ends by itself; at most a day from now, with a time zone.

        Raises:
            StationError: there is no reason, or the end is not within a day from now.
            RecordsError: it cannot be put on record; the inspection stays in use.
        """
        now = self._now()
        _check(reason.strip(), now, until)
        payload = Bypass(action="begun", reason=reason.strip(), until_us=microseconds(until))
        entry = self._append(by, payload, now)
        with self._lock:
            self._on = BypassNow(entry.id, by, payload.reason, now, until.astimezone(UTC))
            self._deadline = self._ticks() + self._seconds_left()
            self._periods = periods_of(self.history())
            return self._on

    def end(self, by: str, reason: str = "") -> None:
        """Take the inspection into use again before the bypass ends by itself.

        Raises:
            MissingError: no bypass is on.
            RecordsError: it cannot be put on record; the bypass stays on.
        """
        on = self.current()
        if on is None:
            raise MissingError("No bypass is on", hint="The inspection is in use.")
        self._append(by, Bypass(action="ended", reason=reason.strip(), begun=on.id), self._now())
        with self._lock:
            self._on = None
            self._periods = periods_of(self.history())

    def history(self) -> list[Entry]:
        """The entries of all bypasses of this station, oldest first."""
        return entries_of_kind(self._records, self._station, Kind.BYPASS)

    def _of_records(self) -> BypassNow | None:
        """The last bypass, unless a person has ended it."""
        entries = self.history()
        self._periods = periods_of(entries)
        payload = Bypass.of(entries[-1].payload) if entries else None
        if payload is None or payload.until_us is None:  # the last entry is an end
            return None
        last = entries[-1]
        return BypassNow(
            last.id, last.by, payload.reason, utc_of(last.time_us), utc_of(payload.until_us)
        )

    def _seconds_left(self) -> float:
        # Also counted on a clock that nobody sets: set back, the wall clock would prolong it.
        if self._on is None:
            return 0.0
        return min((self._on.until - self._now()).total_seconds(), LONGEST.total_seconds())

    def _append(self, by: str, payload: Bypass, now: datetime) -> Entry:
        entry = entry_now(
            now, station=self._station, kind=Kind.BYPASS, subject=SUBJECT, by=by, payload=payload
        )
        self._records.append(entry).result()
        return entry


def periods_of(entries: Sequence[Entry]) -> list[Period]:
    """Times in which a bypass was on, each up to its end or the next entry.

    Args:
        entries: of kind bypass, oldest first.
    """
    # a bypass ends where the next entry is, if not before
    ends = [entry.time_us for entry in entries[1:]]
    pairs = zip_longest(entries, ends)
    payloads = [(entry, Bypass.of(entry.payload), end) for entry, end in pairs]
    return [
        Period(entry.time_us, payload.until_us if end is None else min(payload.until_us, end))
        for entry, payload, end in payloads
        if payload.until_us is not None
    ]


def _check(reason: str, now: datetime, until: datetime) -> None:
    faults = []
    if not reason:
        faults.append("there is no reason")
    if until.tzinfo is None:
        faults.append("the end has no time zone")
    elif not now < until <= now + LONGEST:  # 24 hours: nobody forgets it over a weekend
        faults.append("the end does not lie within 24 hours from now")
    if faults:
        raise StationError(
            f"The bypass cannot begin: {'; '.join(faults)}",
            hint="Give a reason, and an end within 24 hours.",
        )
