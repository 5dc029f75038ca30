"""One part after the other: to the station, onto the record, back to the line.

Whatever happens to a part, the line gets one answer, and that is OK only where a verdict OK is on
record. A part that is not judged, or not in time, is on record as an error.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from okng.connect.operator_log import log
from okng.connect.part import Array, Outcome, Part
from okng.connect.receiving.deadlines import Deadlines
from okng.connect.receiving.in_flight import Flight, InFlight
from okng.connect.receiving.part_alarms import PartAlarms
from okng.connect.receiving.requests import client_of, part_request, photo_request
from okng.error_codes import Code
from okng.errors import BusyError, OkngError, PhotoError, PhotoFault, RecordsConflictError
from okng.inference.inspection import new_id
from okng.station import Answer, PartRequest, Station
from okng.verdict import Judgement
from okng.wording import mark

_SCAN_AGAIN = 0.5  # seconds after which a part that waits for room is found to be late

Seen = Callable[[Part, Outcome], None]
"""Called with each part and what is on record of it, in any thread; it must return at once."""


def ignored(_part: Part, _outcome: Outcome) -> None:
    """Nobody else wants it."""


class Judging:
    """Hands the parts of one source to a station. `take` is used by one thread.

    Args:
        station: that judges.
        source: name of the source.
        alarms: of the parts.
        deadlines: calls back where a part is late.
        deadline_s: seconds from the arrival after which a part is late that has none of its own.
        seen: gets each part with its outcome: before the source, unless it is late.
    """

    def __init__(
        self,
        station: Station,
        source: str,
        alarms: PartAlarms,
        deadlines: Deadlines,
        deadline_s: float | None = None,
        seen: Seen = ignored,
    ) -> None:
        self._station, self._source, self._alarms = station, source, alarms
        self._deadlines, self._deadline_s, self._seen = deadlines, deadline_s, seen
        self.in_flight = InFlight(station.settings.server.client_queue)

    def take(self, part: Part, fault: OkngError | None) -> None:
        """Judge a part, or reject it; waits while too many are in flight or the station is full.

        Args:
            part: of the source.
            fault: why its photo is not to be judged; None if it is.
        """
        self.in_flight.enter()
        flight = Flight(part)
        about = part_request(part, self._source, self._station.settings.station.product)
        deadline = part.deadline_s or self._deadline_s
        if deadline is not None:
            due = part.arrival.clock_ns + round(deadline * 1e9)
            self._deadlines.add(due, partial(self._late, flight, about, deadline))
        if part.photo is None:
            self._reject(flight, about, part.fault or _no_photo())
        elif fault is not None:
            self._reject(flight, about, fault)
        else:
            self._judge(flight, about, part.photo)

    def _judge(self, flight: Flight, about: PartRequest, photo: bytes | Array) -> None:
        request = photo_request(flight.part, photo, about)
        while flight.given is None:  # else it is late, and on record
            try:
                future = self._station.judge(request)
            except BusyError as fault:
                if self._station.stopping:
                    self._reject(flight, about, fault)
                    return
                self._station.admission.wait_for_room(client_of(self._source), _SCAN_AGAIN)
            except OkngError as fault:
                self._reject(flight, about, fault)
                return
            else:
                future.add_done_callback(partial(self._inspected, flight, about))
                return

    def _inspected(self, flight: Flight, about: PartRequest, done: Future[Answer]) -> None:
        """In a thread of the station."""
        fault = done.exception()
        if fault is None:
            self._on_record(flight, done.result())
        elif isinstance(fault, RecordsConflictError):
            # The key is of another photo: this part has a row of its own, without OK.
            self._reject(flight, replace(about, key=new_id()), fault)
        else:
            self._reject(flight, about, _fault_of(fault))

    def _reject(self, flight: Flight, about: PartRequest, fault: OkngError) -> None:
        try:
            future = self._station.reject(about, fault, flight.part.photo)
        except OkngError as exc:
            self._lost(flight, exc)
        else:
            future.add_done_callback(partial(self._rejected, flight))

    def _rejected(self, flight: Flight, done: Future[Answer]) -> None:
        """In a thread of the station."""
        fault = done.exception()
        if fault is None:
            self._on_record(flight, done.result())
        else:
            self._lost(flight, _fault_of(fault))

    def _late(self, flight: Flight, about: PartRequest, deadline: float) -> None:
        """In the thread of the deadlines: the line gets its answer now, whatever comes later."""
        fault = BusyError(
            f"There was no verdict within {1000 * deadline:g} ms",
            retry_after=1,
            code=Code.STATION_TIMEOUT,
            hint="See the load of the machine; allow more time, or take a faster model.",
        )
        if self._give(flight, Outcome(None, fault)):
            self._alarms.fault(fault.code, flight.part.name, limit_ms=round(1000 * deadline))
            self._reject(flight, about, fault)

    def _on_record(self, flight: Flight, answer: Answer) -> None:
        if not flight.end():
            return
        outcome = Outcome(answer.row)
        self._reported(self._seen, flight.part, outcome)
        if self._give(flight, outcome):
            self._alarms.outcome(answer.row, flight.part.name)
        elif outcome.signal is not Judgement.ERROR:
            self._alarms.answered_otherwise(answer.row, flight.part.name)
        self.in_flight.leave()

    def _lost(self, flight: Flight, fault: OkngError) -> None:
        """There is no record of it, so the part is rejected."""
        if not flight.end():
            return
        outcome = Outcome(None, fault)
        self._reported(self._seen, flight.part, outcome)
        self._give(flight, outcome)
        self._alarms.fault(fault.code, flight.part.name)
        log.error(mark("A part is not on record"), source=self._source, part=flight.part.name,
                   reason=fault.what, next=fault.hint)  # fmt: skip
        self.in_flight.leave()

    def _give(self, flight: Flight, outcome: Outcome) -> bool:
        """Answer the line, unless it has its answer; whether it had none."""
        if not flight.give(outcome):
            return False
        self._reported(_answer, flight.part, outcome)
        return True

    def _reported(self, call: Seen, part: Part, outcome: Outcome) -> None:
        try:
            call(part, outcome)
        except Exception:  # noqa: BLE001 - of a third party; the part must leave all the same
            log.exception(mark("The answer of a part failed"), source=self._source, part=part.name)


def _answer(part: Part, outcome: Outcome) -> None:
    part.answered(outcome)


def _fault_of(fault: BaseException) -> OkngError:
    return fault if isinstance(fault, OkngError) else OkngError(f"The photo fails: {fault!r}")


def _no_photo() -> PhotoError:
    return PhotoError("The part has no photo", hint="Check the camera.", fault=PhotoFault.NO_PHOTO)
