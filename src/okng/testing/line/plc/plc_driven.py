"""A handshake that a test drives step by step."""

from dataclasses import replace

from okng.connect.plc.handshake import Handshake, Rules, Taken
from okng.connect.plc.signals import Inputs, Outputs, Signal
from okng.verdict import Judgement

OK = Signal(Judgement.OK)
NG = Signal(Judgement.NG)


class Driven:
    """Levels stay as they were set; every step is 10 ms later than the one before."""

    def __init__(self, rules: Rules = Rules(), first: int = 1) -> None:  # noqa: B008 - immutable
        self.handshake = Handshake(first, rules)
        self.now = 100.0
        self.inputs = Inputs()
        self.set(heartbeat=False)
        self.set(heartbeat=True)

    def set(self, **levels: bool | int | str) -> Taken | None:
        """Set levels of the PLC, and let the station read them; a trigger that is taken."""
        self.now += 0.01
        self.inputs = replace(self.inputs, **levels)  # type: ignore[arg-type]  # fields by name
        taken = self.handshake.read(self.now, self.inputs)
        return taken if taken is not None and taken.number else None

    def wait(self, seconds: float, *, beats: bool = True) -> None:
        """Let time pass; the heartbeat of the PLC goes on, unless it is said not to."""
        end = self.now + seconds
        while self.now < end:
            self.now += min(0.5, end - self.now)
            level = self.inputs.heartbeat != beats
            self.inputs = replace(self.inputs, heartbeat=level)
            self.handshake.read(self.now, self.inputs)

    def part(self, serial: str = "") -> int:
        """Trigger for a part, with its whole exposure; the number that it gets."""
        taken = self.set(trigger=True, serial=serial)
        if taken is None:
            raise AssertionError("the trigger was not taken")
        self.set(trigger=False)
        self.handshake.exposed(taken.number)
        self.set()
        return taken.number

    def answer(self, number: int, signal: Signal = OK) -> Outputs:
        """The engine answers; what the PLC reads then."""
        self.handshake.answered(number, signal)
        self.handshake.advance(self.now)
        return self.outputs()

    def read_result(self) -> Outputs:
        """The PLC reads the result that is ready, with the whole acknowledgement."""
        outputs = self.outputs()
        if not outputs.results_ready:
            raise AssertionError("no result is ready")
        self.set(result_ack=True)
        self.set(result_ack=False)
        return outputs

    def outputs(self) -> Outputs:
        """What stands at the PLC now."""
        return self.handshake.outputs
