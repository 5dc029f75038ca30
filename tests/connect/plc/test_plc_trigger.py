"""Shots of a PLC over a carrier without a network: what they have, and when they end."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from okng.connect.contracts import Finding, Shot
from okng.connect.part import Outcome
from okng.connect.plc.carrier import Wake
from okng.connect.plc.handshake import Rules
from okng.connect.plc.signals import Inputs, Offline, Outputs
from okng.connect.plc.trigger import PlcTrigger
from okng.errors import ConnectError
from okng.testing.line.plc.plc_station import until
from okng.testing.station.records import inspection_row

NO_HEARTBEAT = Rules(deadline_s=5.0, heartbeat_timeout_s=0)


class Wire:
    """A carrier that holds what a test sets; a fault is raised at the next reading."""

    poll_s = 0.001

    def __init__(self) -> None:
        self.inputs = Inputs()
        self.written: list[Outputs] = []
        self.fault: Exception | None = None
        self.delay_s = 0.0
        self.closed = 0

    async def open(self, _wake: Wake) -> None:
        """Nothing to reach."""

    async def read(self) -> Inputs:
        """What the test set."""
        if self.fault is not None:
            raise self.fault
        return self.inputs

    async def write(self, outputs: Outputs) -> None:
        """Listed."""
        self.written.append(outputs)

    async def close(self) -> None:
        """Counted."""
        self.closed += 1

    async def check(self) -> list[Finding]:
        """Nothing is there."""
        return []

    def set(self, **levels: bool | str) -> None:
        """Levels of the PLC."""
        self.inputs = replace(self.inputs, **levels)  # type: ignore[arg-type]  # fields by name

    def until(self, level: str) -> None:
        """Wait for a level of the station."""
        until(lambda: bool(self.written) and bool(getattr(self.written[-1], level)))


@pytest.fixture
def wire() -> Wire:
    """A PLC in memory."""
    return Wire()


@pytest.fixture
def opened(wire: Wire) -> Iterator[Callable[..., PlcTrigger]]:
    """Opens triggers, and closes them after the test."""
    triggers = []

    def open_one(rules: Rules = NO_HEARTBEAT, products: tuple[str, ...] = ()) -> PlcTrigger:
        triggers.append(PlcTrigger(lambda: wire, rules, products))
        triggers[-1].open()
        return triggers[-1]

    yield open_one
    for trigger in triggers:
        trigger.close()


Opened = Callable[..., PlcTrigger]


def _shot(wire: Wire, trigger: PlcTrigger, **levels: bool | str) -> Shot:
    wire.until("ready")
    wire.set(trigger=True, **levels)
    shot = next(trigger.shots())
    wire.set(trigger=False)
    return shot


def test_a_shot_has_what_the_plc_gave(wire: Wire, opened: Opened) -> None:
    """Serial, batch and the rest of the deadline; an empty text is none."""
    shot = _shot(wire, opened(), serial="A-1")

    assert (shot.serial, shot.batch, shot.product, shot.fault) == ("A-1", None, None, None)
    assert shot.deadline_s is not None
    assert 4 < shot.deadline_s <= 5


def test_the_requested_product_is_on_every_shot(wire: Wire, opened: Opened) -> None:
    """By its place in the list."""
    trigger = opened(products=("bolt", "nut"))
    wire.set(change_request=True)
    wire.inputs = replace(wire.inputs, product_index=2)
    wire.until("change_ack")
    wire.set(change_request=False)

    assert _shot(wire, trigger).product == "nut"


def test_the_answer_reaches_the_plc_at_once(wire: Wire, opened: Opened) -> None:
    """Without a wait for the next reading, which here is seconds away."""
    shot = _shot(wire, opened())
    wire.until("trigger_ack")
    wire.poll_s = 10

    begun = time.monotonic()
    shot.answered(Outcome(inspection_row(verdict="OK")))
    wire.until("results_ready")

    assert wire.written[-1].ok
    assert time.monotonic() - begun < 0.2


def test_exposed_lets_the_part_move(wire: Wire, opened: Opened) -> None:
    """From any thread."""
    shot = _shot(wire, opened())
    thread = threading.Thread(target=shot.exposed)
    thread.start()
    thread.join()

    wire.until("exposure_complete")


def test_a_missed_trigger_is_a_shot_with_a_fault(wire: Wire, opened: Opened) -> None:
    """Each with a key of its own: the parts go on record as errors."""
    trigger = opened()
    _shot(wire, trigger)
    keys = set()
    for serial in ("A-2", "A-3"):
        until(lambda: not wire.written[-1].trigger_ack)
        wire.set(trigger=True, serial=serial)
        shot = next(trigger.shots())
        wire.set(trigger=False)
        time.sleep(0.02)
        keys.add(shot.key)
        assert shot.serial == serial
        assert shot.fault is not None
        assert "not ready" in shot.fault.message

    assert len(keys) == 2
    assert trigger.counts.missed == 2


def test_a_part_that_is_late_before_its_photo_has_a_fault(wire: Wire, opened: Opened) -> None:
    """The PLC was answered; a photo of now would show another part."""
    trigger = opened(Rules(deadline_s=0.02, heartbeat_timeout_s=0))
    wire.until("ready")
    wire.set(trigger=True)
    wire.until("error")

    shot = next(trigger.shots())

    assert shot.fault is not None
    assert shot.deadline_s == 0


def test_a_lost_connection_ends_the_shots_with_its_error(wire: Wire, opened: Opened) -> None:
    """The parts before it come first; then the runner opens anew."""
    trigger = opened()
    shots = trigger.shots()
    wire.fault = ConnectError("The cable is out")

    with pytest.raises(ConnectError, match="cable"):
        next(shots)
    assert wire.closed == 1


def test_a_fault_of_the_program_is_not_hidden(wire: Wire, opened: Opened) -> None:
    """It ends the shots with itself, not in silence."""
    trigger = opened()
    wire.fault = KeyError("a fault")

    with pytest.raises(KeyError):
        next(trigger.shots())


def test_answers_of_a_session_before_are_dropped(wire: Wire, opened: Opened) -> None:
    """The next session goes on with other numbers, and never shows the old verdict."""
    trigger = opened()
    before = _shot(wire, trigger)
    until(lambda: wire.written[-1].trigger_number > 0)
    number = wire.written[-1].trigger_number
    trigger.open()
    before.answered(Outcome(inspection_row(verdict="OK")))
    before.exposed()
    after = _shot(wire, trigger)
    until(lambda: wire.written[-1].trigger_number == number + 1)

    assert after.key != before.key
    assert not any(outputs.results_ready for outputs in wire.written)


def test_an_opening_clears_all_outputs_first(wire: Wire, opened: Opened) -> None:
    """Whatever stood at the PLC from a session before."""
    opened()

    assert wire.written[0] == Outputs(offline_reason=Offline.STARTING)


def test_a_close_clears_all_outputs_and_ends_the_shots(wire: Wire, opened: Opened) -> None:
    """From another thread, while `shots` waits."""
    trigger = opened()
    ended = threading.Thread(target=lambda: list(trigger.shots()))
    ended.start()
    wire.until("ready")
    trigger.close()
    ended.join(5)

    assert not ended.is_alive()
    assert wire.written[-1] == Outputs(offline_reason=Offline.STARTING)


def test_a_level_that_was_read_before_a_write_is_no_answer_to_it(
    wire: Wire, opened: Opened
) -> None:
    """An acknowledgement that was read while the result was written takes no result away."""
    shot = _shot(wire, opened())
    wire.until("trigger_ack")
    begun, go_on = threading.Event(), threading.Event()
    read = wire.read

    async def slow() -> Inputs:
        old = replace(wire.inputs, result_ack=True)  # it rose too early, before the result
        begun.set()
        while not go_on.is_set():
            await asyncio.sleep(0.001)
        wire.read = read  # type: ignore[method-assign]
        return old

    wire.read = slow  # type: ignore[method-assign]
    assert begun.wait(5)
    shot.answered(Outcome(inspection_row(verdict="OK")))
    wire.until("results_ready")
    go_on.set()
    time.sleep(0.1)

    assert wire.written[-1].results_ready
