"""A PLC, a network, a camera and an engine in simulated time, in an order that a seed decides.

It runs the handshake against the program of a PLC without a clock: thousands of orders of events
in seconds. Reads and writes may be torn: the words of a block then come from two moments.
"""

import heapq
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from okng.connect.plc.handshake import Handshake, Rules, Taken
from okng.connect.plc.signals import STATUS_BITS, Fault, Inputs, Outputs, Signal
from okng.testing.line.plc.plc_program import PlcProgram, Trouble
from okng.verdict import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast each side is, in seconds; ranges are drawn anew each time.

    Attributes:
        scan_s: cycle of the PLC.
        poll_s: between two readings of the inputs.
        wire_s: most delay of a read or write.
        exposure_s: range from the trigger to the photo.
        judging_s: range from the photo to the verdict.
        silent: share of parts that the engine never answers.
    """

    scan_s: float = 0.01
    poll_s: float = 0.005
    wire_s: float = 0.003
    exposure_s: tuple[float, float] = (0.005, 0.03)
    judging_s: tuple[float, float] = (0.005, 0.08)
    silent: float = 0.0


@dataclass(slots=True)
class Schedule:
    """One run, from a seed.

    Attributes:
        bad: serials of defective parts.
        shown: every output that stood at the PLC, in order.
        answers: number -> the part in its photo, and what the engine answered.
        taken: every trigger that was taken.
    """

    seed: int
    parts: Sequence[str]
    bad: Collection[str] = ()
    troubles: dict[str, Trouble] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    rules: Rules = field(default_factory=lambda: Rules(deadline_s=0.5))
    first: int = 1
    now: float = 0.0
    shown: list[Outputs] = field(default_factory=list)
    answers: dict[int, tuple[str, Signal]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    plc: PlcProgram = field(init=False)
    handshake: Handshake = field(init=False)
    _at_station: Outputs = field(default_factory=Outputs)
    _random: random.Random = field(init=False)
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a simulation
        self.plc = PlcProgram(self.parts, dict(self.troubles))
        self.handshake = Handshake(self.first, self.rules)

    def run(self, until_s: float = 120.0) -> PlcProgram:
        """Run until every part is sorted, or for so long."""
        self._later(0.0, self._scan)
        self._later(0.0, self._read)
        while self._events and self.now < until_s and not self.plc.done:
            self.now, _, event = heapq.heappop(self._events)
            event()
        return self.plc

    def _later(self, delay_s: float, event: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (self.now + delay_s, self._count, event))

    def _scan(self) -> None:
        self.plc.scan(self.now, self._at_station)
        self._later(self.pace.scan_s * self._random.uniform(0.9, 1.1), self._scan)

    def _read(self) -> None:
        """The inputs of now; texts may be read a little later than the control word."""
        first = self.plc.inputs
        delay = self._random.uniform(0, self.pace.wire_s)
        self._later(delay, lambda: self._reached(first))

    def _reached(self, first: Inputs) -> None:
        texts = self._random.choice((first, self.plc.inputs))
        inputs = replace(first, serial=texts.serial, batch=texts.batch)
        taken = self.handshake.read(self.now, inputs)
        if taken is not None and taken.number:
            self.taken.append(taken)
            self._later(self._random.uniform(*self.pace.exposure_s), lambda: self._photo(taken))
        self._write(then=self._poll)

    def _poll(self) -> None:
        self._later(self._random.uniform(0, self.pace.poll_s), self._read)

    def _write(self, then: Callable[[], None]) -> None:
        """Numbers may stand at the PLC a little earlier than the status."""
        outputs = self.handshake.outputs
        old = self._at_station
        levels = {name: getattr(old, name) for name in STATUS_BITS}
        self._show(self._random.choice((replace(outputs, **levels), old)))
        delay = self._random.uniform(0, self.pace.wire_s)

        def arrive() -> None:
            self._show(outputs)
            then()

        self._later(delay, arrive)

    def _show(self, outputs: Outputs) -> None:
        self._at_station = outputs
        self.shown.append(outputs)

    def _photo(self, taken: Taken) -> None:
        part = self.plc.at_camera
        self.handshake.exposed(taken.number)
        judgement = Judgement.NG if part in self.bad or not part else Judgement.OK
        signal = Signal(judgement, Fault.NONE)
        if self._random.random() >= self.pace.silent:
            delay = self._random.uniform(*self.pace.judging_s)
            self._later(delay, lambda: self._answer(taken.number, part, signal))

    def _answer(self, number: int, part: str, signal: Signal) -> None:
        self.answers[number] = (part, signal)
        self.handshake.answered(number, signal)
