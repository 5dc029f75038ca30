"""The handshake as a state machine: inputs and verdicts in, outputs and triggers out.

It has no clock, no thread and no network; time is given in, in seconds of any steady clock. Levels
and acknowledgements only: a program that is slow, restarts or misses a cycle finds the same state.

Sources: Cognex In-Sight (Trigger Enable, Ready, Ack, Missed Acq, Inspection Results Ack, a buffer
of eight results), LandingEdge (Results OK, NG, Error with NG, Error Code), and one number per part
that is repeated with its result.
"""

from dataclasses import replace
from typing import NamedTuple

from okng.connect.plc.heartbeat import Beating, Listening
from okng.connect.plc.part_numbers import next_number
from okng.connect.plc.product_change import ProductChange
from okng.connect.plc.results import Results
from okng.connect.plc.signals import Fault, Inputs, Offline, Outputs, Signal
from okng.connect.plc.trigger_cycle import TriggerCycle
from okng.verdict import Judgement


class Rules(NamedTuple):
    """What a station agrees on with its PLC.

    Attributes:
        deadline_s: seconds from a trigger to the latest result; then it is ERROR.
        heartbeat_timeout_s: seconds without a heartbeat after which the PLC is silent; 0 for never.
        products: how many products the PLC can request; 0 for none.
    """

    deadline_s: float = 5.0
    heartbeat_timeout_s: float = 3.0
    products: int = 0


class Taken(NamedTuple):
    """A trigger that was taken, or missed: a part is, or was, in front of the camera.

    Attributes:
        number: that its result will repeat; 0 for a trigger that was missed.
        due: when it is late, on the clock of the handshake.
        serial: of the part; empty without one.
        batch: likewise.
        product_index: from 1 in the list of products; 0 is the product of the station.
    """

    number: int
    due: float
    serial: str
    batch: str
    product_index: int


class Counts(NamedTuple):
    """What went wrong so far.

    Attributes:
        missed: triggers while not ready, modulo 65536.
        late: parts without a verdict by the deadline.
        overrun: results that found no room in the queue.
        silences: times that the PLC fell silent.
    """

    missed: int
    late: int
    overrun: int
    silences: int


class Handshake:
    """One connection to a PLC, from its opening to its end.

    Args:
        first: number of the first part.
        rules: that hold here.

    Attributes:
        outputs: what is to be written next.
        next_number: that the next part gets.
    """

    def __init__(self, first: int, rules: Rules = Rules()) -> None:  # noqa: B008 - it is immutable
        self._rules = rules
        self.next_number = first
        self._trigger = TriggerCycle()
        self._results = Results()
        self._change = ProductChange(rules.products)
        self._listening = Listening(rules.heartbeat_timeout_s)
        self._beating = Beating()
        self._last_number = 0
        self._silent = True
        self._silences = 0
        self._reset = False
        self._inputs = Inputs()
        self.outputs = Outputs()

    def read(self, now: float, inputs: Inputs) -> Taken | None:
        """Inputs that were read after the last outputs were written; the trigger, if one rose.

        `outputs` holds what is to be written next.
        """
        self._inputs = inputs
        self._listening.hear(now, inputs.heartbeat)
        self._change.request(inputs.change_request, inputs.product_index)
        self._end_silence_or_reset(now)
        taken = self._follow_trigger(now)
        self.advance(now)
        return taken

    def advance(self, now: float) -> None:
        """Go on without new inputs: after a verdict, the end of an exposure, or some time."""
        self._end_silence_or_reset(now)
        self._results.advance(now, self._inputs.result_ack)
        if self._trigger.exposing and not self._results.expects(self._trigger.exposing):
            self._trigger.end_exposure(self._trigger.exposing)  # it failed, or is late
        self.outputs = self._signals(now)

    def exposed(self, number: int) -> None:
        """The photo of a part is taken: the part may move."""
        self._trigger.end_exposure(number)

    def answered(self, number: int, signal: Signal) -> None:
        """What became of a part; the first answer counts, and only while the part is expected."""
        self._results.answer(number, signal)

    def expects(self, number: int) -> bool:
        """Whether a verdict of this part would still reach the PLC."""
        return self._results.expects(number)

    def next_due(self) -> float | None:
        """When the next part is late; None if none waits."""
        return self._results.next_due()

    @property
    def counts(self) -> Counts:
        """What went wrong so far."""
        results = self._results
        return Counts(
            self._trigger.missed_count, results.late_count, results.overrun_count, self._silences
        )

    def _follow_trigger(self, now: float) -> Taken | None:
        """Take a trigger that rose while the PLC could read `ready`; another one is missed."""
        inputs = self._inputs
        if not self._trigger.rises(inputs.trigger):
            return None
        if not self.outputs.ready or self._silent or inputs.reset or inputs.change_request:
            self._trigger.miss()
            return self._taken(0, now)
        number, self.next_number = self.next_number, next_number(self.next_number)
        self._last_number = number
        self._trigger.take(number)
        taken = self._taken(number, now + self._rules.deadline_s)
        self._results.expect(number, taken.due)
        return taken

    def _taken(self, number: int, due: float) -> Taken:
        return Taken(number, due, self._inputs.serial, self._inputs.batch, self._change.index)

    def _end_silence_or_reset(self, now: float) -> None:
        """Forget all parts while the PLC is silent or asks for it: it cannot tell them any more."""
        silent = not self._listening.alive(now)
        self._silences += silent and not self._silent
        self._silent, self._reset = silent, self._inputs.reset
        if silent or self._reset:
            self._trigger.clear()
            self._results.clear()

    def _offline_reason(self) -> Offline:
        return Offline.PLC_SILENT if self._silent else self._change.reason

    def _ready(self) -> bool:
        return self._trigger.free and self._results.has_room and not self._inputs.change_request

    def _signals(self, now: float) -> Outputs:
        reason = self._offline_reason()
        online = reason is Offline.ONLINE
        trigger, change = self._trigger, self._change
        outputs = Outputs(
            heartbeat=self._beating.beat(now),
            online=online,
            ready=online and self._ready(),
            trigger_ack=trigger.acknowledged,
            exposure_complete=trigger.exposed,
            missed_trigger=trigger.missed,
            overrun=self._results.overrun,
            change_ack=change.acknowledged,
            change_refused=change.refused,
            reset_ack=self._reset,
            trigger_number=self._last_number,
            offline_reason=reason,
            missed_count=trigger.missed_count,
            waiting=self._results.waiting,
            product_index=change.index,
        )
        return self._with_result(outputs)

    def _with_result(self, outputs: Outputs) -> Outputs:
        """The numbers stay until the next result: a write in two parts shows none too early."""
        shown = self._results.last
        if shown is None:
            return outputs
        judgement, fault = shown.signal
        numbered = replace(outputs, result_number=shown.number, error_number=fault)
        if not self._results.ready:
            return numbered
        return replace(
            numbered,
            results_ready=True,
            ok=judgement is Judgement.OK and fault is Fault.NONE,
            ng=judgement in {Judgement.NG, Judgement.ERROR},
            review=judgement is Judgement.REVIEW,
            error=judgement is Judgement.ERROR,
        )
