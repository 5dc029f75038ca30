"""The thread of one sink: reads its outbox, sends, repeats, and raises alarms."""

import contextlib
import logging
import threading
import time
from collections.abc import Sequence
from time import monotonic
from typing import NamedTuple

from okng.connect.alarms import Alarms
from okng.connect.backoff import Backoff
from okng.connect.contracts import SinkSettings
from okng.connect.delivering.carriers import Carrier
from okng.connect.delivering.state import SinkState
from okng.error_codes import Code
from okng.errors import ConnectError, OkngError, RecordsError, RefusedError
from okng.records.outbox import ChainRow, Outbox

_LOG = logging.getLogger(__name__)
_IDLE_SECONDS = 15.0
"""How often the connection is checked while nothing is to be sent, and set-aside rows are sought
that somebody wants to be sent again."""


class _Rest(NamedTuple):
    """A wait: until an event, or so many seconds."""

    event: threading.Event
    seconds: float


class Sender:
    """Delivers to one sink, in a thread of its own.

    Args:
        settings: of the sink.
        carrier: hands rows to it.
        outbox: what it has not got yet.
        alarms: of the station.
        idle_seconds: time between two checks while nothing is to be sent; 15 if None.
    """

    def __init__(
        self,
        settings: SinkSettings,
        carrier: Carrier,
        outbox: Outbox,
        alarms: Alarms,
        idle_seconds: float | None = None,
    ) -> None:
        self._settings, self._carrier, self._outbox = settings, carrier, outbox
        self._alarms, self._idle = alarms, idle_seconds or _IDLE_SECONDS
        self._where = f"sink {settings.title}"
        self._backoff = Backoff(settings.retry_longest)
        self._reading = Backoff(settings.retry_longest)
        self._signal, self._stopping = threading.Event(), threading.Event()
        self._deadline = float("inf")
        self._head = 0
        self._open = False
        self._down_since: float | None = None
        self._contact = self._sought = float("-inf")
        self._oldest_us: int | None = None
        self._fault: OkngError | None = None
        self._delivered = self._refused = self._faults = 0
        name = f"okng-sink-{settings.title}"
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def committed(self, head: int) -> None:
        """A row with this number is on record."""
        self._head = head
        self._signal.set()

    def stop(self, deadline: float) -> None:
        """Send what is left, until a time of the monotonic clock, and end."""
        self._deadline = deadline
        self._stopping.set()
        self._signal.set()

    def join(self) -> None:
        """Wait for the end; a sink that hangs is left behind a second after the deadline."""
        self._thread.join(max(0.0, self._deadline + 1 - monotonic()))

    @property
    def state(self) -> SinkState:
        """The sink at this moment."""
        waiting = max(self._outbox.waiting, self._head - self._outbox.seq)
        oldest = self._oldest_us
        age = 0.0 if oldest is None else max(0.0, time.time() - oldest / 1e6)
        return SinkState(
            self._settings.title, self._settings.kind, self._fault, self._delivered,
            self._refused, self._faults, waiting, age,
        )  # fmt: skip

    @property
    def alarmed(self) -> OkngError | None:
        """Why it cannot be reached, once that has taken long enough for an alarm."""
        return self._fault if self._is_overdue() else None

    def _work(self) -> None:
        while not self._stopping.is_set():
            rest = self._attempt()
            rest.event.wait(rest.seconds)
        if self._open:
            self._attempt()  # what was written since; a sink that is down gets it after a restart
        self._end()

    def _attempt(self) -> _Rest:
        try:
            if not self._open:
                place = self._carrier.open()
                self._open = True
                if place is not None:
                    self._outbox.go_back(place)
            self._deliver()
        except RecordsError as fault:  # the database is down: nothing can be read, nor written
            self._fault = fault
            return _Rest(self._stopping, self._reading.next())
        except ConnectError as fault:
            return self._lost(fault)
        except Exception as exc:  # noqa: BLE001 - the end of a thread: a sink may be anybody's
            _LOG.exception("The %s failed", self._where)
            return self._lost(ConnectError(f"The sink failed: {exc!r}", where=self._where))
        self._well()
        unstored = self._outbox.unstored_seconds
        return _Rest(self._signal, self._idle if unstored is None else unstored)

    def _deliver(self) -> None:
        """Send all that waits."""
        self._signal.clear()
        self._send_again()
        while (page := self._outbox.page(self._head)) is not None:
            self._reading.reset()
            for group in self._carrier.groups(page.rows):
                self._oldest_us = group[0].row.time_us or self._oldest_us
                self._send(group)
                if monotonic() > self._deadline:
                    return
            self._outbox.passed(page.end)
        self._oldest_us = None
        self._outbox.passed(self._outbox.seq)
        if monotonic() - self._contact > self._idle:
            self._carrier.send(())
            self._contact = monotonic()

    def _send(self, group: Sequence[ChainRow]) -> None:
        try:
            self._carrier.send(group)
        except RefusedError as fault:
            if len(group) == 1:
                self._set_aside(group[0], fault)
            else:  # which of them? each is sent alone
                for row in group:
                    self._send([row])
            return
        self._delivered += len(group)
        self._outbox.passed(group[-1].seq)
        self._well()

    def _set_aside(self, row: ChainRow, fault: RefusedError) -> None:
        self._outbox.refuse(row, fault.code.value, fault.what)
        self._refused += 1
        self._well()
        self._alarms.begin(Code.CONNECT_REFUSED, self._where, {"reason": fault.what})

    def _send_again(self) -> None:
        """Send rows that were set aside, where a person asked for it."""
        if monotonic() - self._sought < self._idle:
            return
        self._sought = monotonic()
        rows = self._outbox.again()
        for group in self._carrier.groups(rows):
            for row in group:
                try:
                    self._carrier.send([row])
                except RefusedError as fault:
                    self._set_aside(row, fault)
                else:
                    self._outbox.arrived(row.seq)
                    self._delivered += 1
        if rows and not self._outbox.has_refused:
            self._alarms.over(Code.CONNECT_REFUSED, self._where)

    def _well(self) -> None:
        """The sink took something, or stands ready."""
        self._contact = monotonic()
        if self._fault is None:
            return
        self._backoff.reset()
        self._fault, self._down_since = None, None
        for alarm in self._alarms.on:
            if alarm.where == self._where and alarm.code is not Code.CONNECT_REFUSED:
                self._alarms.over(alarm.code, alarm.where)

    def _lost(self, fault: ConnectError) -> _Rest:
        self._faults += 1
        self._fault = fault
        self._close()
        if self._down_since is None:
            self._down_since = monotonic()
            _LOG.warning("The %s cannot be reached, and is tried again: %s", self._where, fault)
        if self._oldest_us is None:
            self._see_oldest()
        pause = self._backoff.next() if fault.retry_after is None else fault.retry_after
        pause = min(pause, self._settings.retry_longest)
        if self._is_overdue():
            values = {"waiting": self.state.waiting, "reason": fault.what}
            self._alarms.begin(fault.code, self._where, values)
        else:  # the alarm is due before the end of a long pause
            pause = min(pause, self._settings.alarm_after + 0.01)
        return _Rest(self._stopping, pause)

    def _see_oldest(self) -> None:
        """Note how old the first row is that waits, for the metrics."""
        with contextlib.suppress(RecordsError):  # it is seen with the next attempt
            page = self._outbox.page(self._head)
            if page is not None and page.rows:
                self._oldest_us = page.rows[0].row.time_us or None

    def _is_overdue(self) -> bool:
        since = self._down_since
        return since is not None and monotonic() - since >= self._settings.alarm_after

    def _close(self) -> None:
        self._open = False
        try:
            self._carrier.close()
        except Exception:  # noqa: BLE001 - likewise
            _LOG.exception("The %s did not close", self._where)

    def _end(self) -> None:
        self._close()
        try:
            storing = self._outbox.store()
            if storing is not None:
                storing.result(max(0.1, self._deadline - monotonic()))
        except (RecordsError, TimeoutError) as fault:  # what was sent since is sent once more
            _LOG.warning("The place of the %s is not stored: %s", self._where, fault)
