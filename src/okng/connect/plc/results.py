"""The result's half of the handshake: results in the order of their triggers, one at a time."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import NamedTuple

from okng.connect.plc.signals import Fault, Signal
from okng.verdict import Judgement

QUEUE = 8
"""Results that wait to be read, with the one that is ready."""
MOST_OPEN = 64
"""Parts that are not in the queue yet; with so many, no trigger is taken."""


class Result(NamedTuple):
    """A result that waits for the PLC."""

    number: int
    signal: Signal


@dataclass(slots=True)
class _Open:
    due: float
    signal: Signal | None = None


def error(fault: Fault) -> Signal:
    """The result ERROR."""
    return Signal(Judgement.ERROR, fault)


@dataclass(slots=True)
class Results:
    """Every trigger that was taken gets one result: its verdict, or ERROR.

    Attributes:
        ready: the first of the queue is shown to the PLC.
        last: the result that is or was shown last; None before the first.
        overrun: a result found no room; until the queue is empty.
        late_count: results that are ERROR since there was no verdict by the deadline.
        overrun_count: results that are ERROR since they found no room.
    """

    ready: bool = False
    last: Result | None = None
    overrun: bool = False
    late_count: int = 0
    overrun_count: int = 0
    _open: OrderedDict[int, _Open] = field(default_factory=OrderedDict)
    _queue: deque[Result] = field(default_factory=deque)

    def expect(self, number: int, due: float) -> None:
        """A part was taken. At `due` its result is ERROR, if there is none before."""
        self._open[number] = _Open(due)

    def answer(self, number: int, signal: Signal) -> None:
        """The verdict of a part. A second one, and one of a part that is forgotten, is dropped."""
        part = self._open.get(number)
        if part is not None and part.signal is None:
            part.signal = signal

    def expects(self, number: int) -> bool:
        """Whether a verdict of this part would still reach the PLC."""
        part = self._open.get(number)
        return part is not None and part.signal is None

    def advance(self, now: float, acknowledged: bool) -> None:
        """Go on as far as the level of `result_ack` lets it.

        A result is shown only while the acknowledgement is low, and taken away only by a high one
        that was read after it was shown.
        """
        self._end_late(now)
        if self.ready and acknowledged:
            self._queue.popleft()
            self.ready = False
        self._fill()
        if not self.ready and not acknowledged and self._queue:
            self.ready, self.last = True, self._queue[0]

    @property
    def waiting(self) -> int:
        """Results in the queue, with the one that is shown: 0 to 8."""
        return len(self._queue)

    @property
    def has_room(self) -> bool:
        """Whether the result of another part would find room, as it is now."""
        return not self.overrun and len(self._queue) < QUEUE and len(self._open) < MOST_OPEN

    def clear(self) -> None:
        """Forget every part and result. Later verdicts of these parts are dropped."""
        self._open.clear()
        self._queue.clear()
        self.ready = self.overrun = False

    def next_due(self) -> float | None:
        """When the next part is late; None without one that waits."""
        return min((part.due for part in self._open.values() if part.signal is None), default=None)

    def _end_late(self, now: float) -> None:
        for part in self._open.values():
            if part.signal is None and now >= part.due:
                part.signal = error(Fault.LATE)
                self.late_count += 1

    def _fill(self) -> None:
        """Move verdicts to the queue, in the order of triggers; without room they are ERROR."""
        self.overrun = self.overrun and bool(self._queue)
        while self._open and len(self._queue) < QUEUE:
            number, part = next(iter(self._open.items()))
            if part.signal is None:
                return
            del self._open[number]
            self._queue.append(Result(number, part.signal))
        for part in self._answered_in_order():
            if part.signal != _OVERRUN:
                part.signal, self.overrun = _OVERRUN, True
                self.overrun_count += 1

    def _answered_in_order(self) -> list[_Open]:
        """Parts that would be in the queue, if it had room."""
        answered = []
        for part in self._open.values():
            if part.signal is None:
                break
            answered.append(part)
        return answered


_OVERRUN = error(Fault.OVERRUN)
