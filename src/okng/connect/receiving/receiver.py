"""One source in a thread of its own: opened, read, and opened anew when it is lost."""

import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from okng.connect.backoff import Backoff
from okng.connect.contracts import Alarming, Source, SourceSettings
from okng.connect.operator_log import log
from okng.connect.receiving.deadlines import Deadlines
from okng.connect.receiving.judging import Judging, Seen, ignored
from okng.connect.receiving.part_alarms import PartAlarms
from okng.connect.receiving.photo_checks import PhotoChecks
from okng.errors import ConnectError, OkngError
from okng.station import Station
from okng.wording import mark

if TYPE_CHECKING:
    from okng.error_codes import Code

_LONGEST_PAUSE = 30.0
"""Seconds between two attempts to open a source, at most."""


class NamedSource(NamedTuple):
    """A source of a station.

    Attributes:
        name: on alarms, and on record as who asked; unique at the station.
        settings: of the source.
        source: not opened yet.
    """

    name: str
    settings: SourceSettings
    source: Source


class Receiver:
    """Receives the parts of one source until it is stopped.

    Args:
        named: the source.
        station: that judges.
        alarms: of the station.
        deadlines: calls back where a part is late.
        seen: gets each part with its outcome.
        pauses: between attempts to open it.

    Attributes:
        attempts: how often the source was opened, or could not be.
        parts: parts that came.
    """

    def __init__(
        self,
        named: NamedSource,
        station: Station,
        alarms: Alarming,
        deadlines: Deadlines,
        *,
        seen: Seen = ignored,
        pauses: Backoff | None = None,
    ) -> None:
        self.name, settings, self._source = named
        self._station, self._alarms = station, alarms
        self._pauses = pauses or Backoff(_LONGEST_PAUSE)
        self._judging = Judging(
            station, self.name, PartAlarms(alarms, self.name, station.records),
            deadlines, settings.deadline, seen,
        )  # fmt: skip
        self._checks = PhotoChecks(settings)
        self._stopping = threading.Event()
        self._alarm: Code | None = None
        self.attempts = self.parts = 0
        self._thread = threading.Thread(target=self._work, name=f"okng-{self.name}", daemon=True)

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more parts; those in flight go on."""
        self._stopping.set()
        self._source.close()

    def join(self, timeout: float | None) -> bool:
        """Whether all parts are answered and the source has ended within so many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        self._thread.join(timeout)
        left = None if end is None else max(0.0, end - time.monotonic())
        return self._judging.in_flight.wait_until_empty(left) and not self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait until the source has ended by itself, at most so many seconds."""
        self._thread.join(seconds)

    @property
    def in_flight(self) -> int:
        """Parts that are not on record yet."""
        return self._judging.in_flight.parts

    @property
    def running(self) -> bool:
        """Whether parts may still come; a video file that is over ends a source."""
        return self._thread.is_alive()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._receive()
            except OkngError as fault:
                self._lost(fault)
            except Exception as exc:  # noqa: BLE001 - of a third party; it must not end the line
                log.exception(mark("A source failed"), source=self.name)
                self._lost(ConnectError(f"The source failed: {exc!r}", hint="Report it."))
            else:
                return

    def _receive(self) -> None:
        self.attempts += 1
        self._source.open()
        self._match()
        for part in self._source.parts():
            self.parts += 1
            self._pauses.reset()
            fault = None if part.photo is None else self._checks.fault(part.photo)
            self._judging.take(part, fault)

    def _match(self) -> None:
        if self._alarm is not None:
            self._alarms.over(self._alarm, self.name)
            log.info(mark("The source is there again"), source=self.name)
        self._alarm = None

    def _lost(self, fault: OkngError) -> None:
        if self._stopping.is_set():
            return
        if (
            self._alarm is not None and self._alarm is not fault.code
        ):  # lost for another reason than before
            self._alarms.over(self._alarm, self.name)
        self._alarm = fault.code
        self._alarms.begin(fault.code, self.name, {"reason": fault.what})
        pause = self._pauses.next()
        log.error(mark("The source cannot be reached"), source=self.name, reason=fault.what,
                   where=str(fault.where or ""), next=fault.hint,
                   again_in_s=round(pause, 1))  # fmt: skip
        self._stopping.wait(pause)
