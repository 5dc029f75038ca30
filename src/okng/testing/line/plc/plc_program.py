"""The program of a simulated PLC: what `docs/reference/plc.md` asks of a PLC, and its faults.

It moves parts past a camera, triggers, and sorts each part by the result with its number. It has
no clock and no network; `scan` is one cycle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar

from okng.connect.plc.signals import Inputs, Outputs


class Trouble(Enum):
    """What a PLC can do wrong, or what can happen to it."""

    NEVER_ACKNOWLEDGES = auto()
    """It never raises `result_ack`."""
    DOUBLE_TRIGGER = auto()
    """It triggers once more for the same part, without a look at `ready`."""
    MISSING_TRIGGER = auto()
    """A part passes the camera without a trigger."""
    EARLY_DROP = auto()
    """It drops the trigger after one cycle, acknowledged or not, and gives the part up."""
    RESTART = auto()
    """It loses its memory."""


class Bin(Enum):
    """Where the sorter puts a part."""

    GOOD = auto()
    REJECT = auto()


class _Stage(Enum):
    ARRIVES = auto()
    TRIGGERED = auto()
    EXPOSED = auto()
    DOUBLED = auto()
    PAUSED = auto()


PATIENCE_S = 2.0
"""How long it waits for an acknowledgement before it rejects the part."""
PAUSE_S = 0.3
"""How long it keeps a trigger low that was not acknowledged."""


@dataclass(slots=True)
class PlcProgram:
    """A PLC that triggers for one part after the other.

    Attributes:
        parts: their serials, in the order in which they come to the camera.
        troubles: part -> what goes wrong with it.
        bins: part -> where it was put; a part is there once its way has ended.
        results: every result that was read: its number and its outputs.
        strangers: results whose number belongs to no part that waits.
    """

    parts: Sequence[str]
    troubles: dict[str, Trouble] = field(default_factory=dict)
    bins: dict[str, Bin] = field(default_factory=dict)
    results: list[Outputs] = field(default_factory=list)
    strangers: int = 0
    inputs: Inputs = field(default_factory=Inputs)
    _stage: _Stage = _Stage.ARRIVES
    _place: int = 0
    _since: float = 0.0
    _beat_at: float = 0.0
    _heartbeat: bool = False
    _trigger: bool = False
    _ack: bool = False
    _waiting: dict[int, tuple[str, float]] = field(default_factory=dict)

    @property
    def at_camera(self) -> str:
        """The part in front of the camera; empty after the last one."""
        return self.parts[self._place] if self._place < len(self.parts) else ""

    @property
    def done(self) -> bool:
        """Whether every part is sorted."""
        return not self.at_camera and not self._waiting and not self._ack

    def scan(self, now: float, outputs: Outputs) -> Inputs:
        """One cycle: read what the station signals, and signal."""
        if now >= self._beat_at:
            self._heartbeat, self._beat_at = not self._heartbeat, now + 1.0
        if self.at_camera:  # first: a result may be there in the cycle that gets its number
            self._STEPS[self._stage](self, now, outputs)
        self._read_result(now, outputs)
        serial = self.at_camera if self._trigger else self.inputs.serial
        self.inputs = Inputs(
            heartbeat=self._heartbeat, trigger=self._trigger, result_ack=self._ack, serial=serial
        )
        return self.inputs

    def restart(self, now: float) -> None:
        """All memory is lost: parts on the way get no result any more, so they are rejected."""
        for part, _ in self._waiting.values():
            self._sort(part, Bin.REJECT)
        self._waiting.clear()
        self._trigger = self._ack = self._heartbeat = False
        if self.at_camera and self._stage is not _Stage.ARRIVES:
            self._sort(self.at_camera, Bin.REJECT)
            self._stage, self._since = _Stage.PAUSED, now  # until its program runs again

    def _trouble(self, kind: Trouble) -> bool:
        """Whether this goes wrong with the part at the camera now; each happens once."""
        return self.troubles.get(self.at_camera) is kind

    def _arrives(self, now: float, outputs: Outputs) -> None:
        if self._trouble(Trouble.MISSING_TRIGGER):
            self._sort(self.at_camera, Bin.REJECT)
            self._next_part(now)
        elif outputs.ready and not outputs.trigger_ack:
            self._trigger, self._stage, self._since = True, _Stage.TRIGGERED, now

    def _triggered(self, now: float, outputs: Outputs) -> None:
        if self._trouble(Trouble.RESTART):
            self.restart(now)
        elif self._trouble(Trouble.EARLY_DROP):
            self._give_up(now)
        elif outputs.trigger_ack:
            self._waiting[outputs.trigger_number] = (self.at_camera, now)
            self._trigger, self._stage, self._since = False, _Stage.EXPOSED, now
        elif now - self._since > PATIENCE_S:
            self._give_up(now)

    def _give_up(self, now: float) -> None:
        """The trigger was not acknowledged: nothing is certain of this part."""
        self._sort(self.at_camera, Bin.REJECT)
        self._trigger, self._stage, self._since = False, _Stage.PAUSED, now

    def _exposed(self, now: float, outputs: Outputs) -> None:
        if self._trouble(Trouble.DOUBLE_TRIGGER) and not outputs.trigger_ack:
            self._trigger, self._stage, self._since = True, _Stage.DOUBLED, now
        elif (
            outputs.exposure_complete and not outputs.trigger_ack
        ) or now - self._since > 2 * PATIENCE_S:
            self._next_part(now)

    def _doubled(self, now: float, outputs: Outputs) -> None:
        """The second trigger is taken or missed; the part is as good as the worse result."""
        if outputs.trigger_ack:
            self._waiting[outputs.trigger_number] = (self.at_camera, now)
        if outputs.trigger_ack or outputs.missed_trigger or now - self._since > PATIENCE_S:
            del self.troubles[self.at_camera]
            self._trigger, self._stage, self._since = False, _Stage.EXPOSED, now

    def _paused(self, now: float, _outputs: Outputs) -> None:
        if now - self._since > PAUSE_S:
            self._next_part(now)

    def _next_part(self, now: float) -> None:
        self._place, self._stage, self._since = self._place + 1, _Stage.ARRIVES, now

    def _read_result(self, now: float, outputs: Outputs) -> None:
        if not outputs.results_ready:
            self._ack = False
        elif not self._ack and Trouble.NEVER_ACKNOWLEDGES not in self.troubles.values():
            self._take_result(outputs)
            self._ack = True
        late = [n for n, (_, since) in self._waiting.items() if now - since > 4 * PATIENCE_S]
        for number in late:
            self._sort(self._waiting.pop(number)[0], Bin.REJECT)

    def _take_result(self, outputs: Outputs) -> None:
        self.results.append(outputs)
        part, _ = self._waiting.pop(outputs.result_number, ("", 0.0))
        self.strangers += not part
        if part:
            self._sort(part, Bin.GOOD if outputs.ok else Bin.REJECT)

    def _sort(self, part: str, where: Bin) -> None:
        """A part that was rejected once stays so."""
        if self.bins.get(part) is not Bin.REJECT:
            self.bins[part] = where

    _STEPS: ClassVar = {
        _Stage.ARRIVES: _arrives, _Stage.TRIGGERED: _triggered, _Stage.EXPOSED: _exposed,
        _Stage.DOUBLED: _doubled, _Stage.PAUSED: _paused,
    }  # fmt: skip
