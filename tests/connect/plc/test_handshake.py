"""Levels and acknowledgements of a trigger and its result, one promise each."""

from dataclasses import replace
from itertools import pairwise

import pytest

from okng.connect.plc.handshake import Handshake, Rules
from okng.connect.plc.signals import Fault, Offline, Signal
from okng.testing.line.plc.plc_driven import NG, OK, Driven
from okng.verdict import Judgement


def test_a_part_gets_its_number_and_its_result() -> None:
    """Trigger, acknowledgement with a number, end of exposure, result with the number."""
    line = Driven(first=7)
    assert line.outputs().ready

    taken = line.set(trigger=True, serial="A-1", batch="B")
    assert taken is not None
    assert (taken.number, taken.serial, taken.batch) == (7, "A-1", "B")
    assert taken.due == line.now + Rules().deadline_s
    assert line.outputs().trigger_ack
    assert line.outputs().trigger_number == 7
    assert not line.outputs().ready

    line.set(trigger=False)
    assert not line.outputs().trigger_ack
    assert not line.outputs().exposure_complete
    line.handshake.exposed(7)
    line.set()
    assert line.outputs().exposure_complete
    assert line.outputs().ready

    outputs = line.answer(7)
    assert outputs.results_ready
    assert outputs.ok
    assert outputs.result_number == 7


def test_a_result_stays_until_it_is_acknowledged() -> None:
    """It stands for as long as the PLC takes, and falls with the acknowledgement."""
    line = Driven()
    line.answer(line.part(), NG)

    line.wait(60)
    assert line.outputs().results_ready
    assert line.outputs().ng

    line.set(result_ack=True)
    assert not line.outputs().results_ready
    assert not line.outputs().ng


def test_the_next_result_waits_for_the_end_of_the_acknowledgement() -> None:
    """One acknowledgement that stays high never takes two results."""
    line = Driven()
    first, second = line.part(), line.part()
    line.answer(first)
    line.answer(second)

    line.set(result_ack=True)
    line.wait(2)
    assert not line.outputs().results_ready

    line.set(result_ack=False)
    assert line.outputs().results_ready
    assert line.outputs().result_number == second


def test_results_come_in_the_order_of_triggers() -> None:
    """A verdict that is there first waits for the part before."""
    line = Driven()
    first, second = line.part(), line.part()

    assert not line.answer(second, NG).results_ready
    line.answer(first, OK)

    assert [line.read_result().result_number for _ in range(2)] == [first, second]


@pytest.mark.parametrize(
    ("signal", "levels"),
    [
        (Signal(Judgement.OK), (True, False, False, False)),
        (Signal(Judgement.NG), (False, True, False, False)),
        (Signal(Judgement.REVIEW), (False, False, True, False)),
        (Signal(Judgement.ERROR, Fault.MODEL), (False, True, False, True)),
        (Signal(Judgement.OK, Fault.PHOTO), (False, False, False, False)),
    ],
)
def test_only_a_verdict_ok_without_fault_passes(
    signal: Signal, levels: tuple[bool, bool, bool, bool]
) -> None:
    """OK, NG, REVIEW and ERROR as bits; ERROR is NG as well."""
    line = Driven()

    outputs = line.answer(line.part(), signal)

    assert (outputs.ok, outputs.ng, outputs.review, outputs.error) == levels
    assert outputs.error_number == signal.fault


def test_a_trigger_that_was_high_before_is_none() -> None:
    """After a start the trigger must be seen low first."""
    line = Driven()
    line.handshake = Handshake(1)

    line.set(trigger=True)
    line.wait(2)
    assert line.outputs().online
    assert not line.outputs().trigger_ack
    assert not line.outputs().ready

    line.set(trigger=False)
    assert line.outputs().ready
    assert line.set(trigger=True) is not None


def test_a_second_trigger_before_the_photo_is_missed() -> None:
    """It gets no acknowledgement and no number, however long it is held; it is counted."""
    line = Driven()
    line.set(trigger=True)
    line.set(trigger=False)

    assert line.set(trigger=True) is None
    line.handshake.exposed(1)
    line.wait(1)

    assert line.outputs().missed_trigger
    assert line.outputs().missed_count == 1
    assert not line.outputs().trigger_ack
    line.set(trigger=False)
    assert line.set(trigger=True) is not None
    assert not line.outputs().missed_trigger


def test_a_trigger_that_drops_early_keeps_its_number() -> None:
    """The PLC can still read that it was taken, and its result comes."""
    line = Driven()
    line.set(trigger=True)
    line.set(trigger=False)

    assert line.outputs().trigger_number == 1
    line.handshake.exposed(1)
    assert line.answer(1).result_number == 1


def test_without_a_verdict_the_part_is_an_error_at_the_deadline() -> None:
    """ERROR and NG with the number for late; a verdict after it changes nothing."""
    line = Driven(Rules(deadline_s=0.2))
    number = line.part()
    line.wait(0.25)

    assert line.outputs().error
    assert line.outputs().ng
    assert line.outputs().error_number == Fault.LATE
    assert not line.answer(number, OK).ok
    assert line.handshake.counts.late == 1


def test_a_camera_that_fails_lets_the_part_move() -> None:
    """An answer without a photo ends the exposure too."""
    line = Driven()
    line.set(trigger=True)
    line.set(trigger=False)

    outputs = line.answer(1, Signal(Judgement.ERROR, Fault.CAMERA))

    assert outputs.exposure_complete
    assert outputs.error_number == Fault.CAMERA


def test_the_first_answer_counts() -> None:
    """A second verdict of the same part, and one of an unknown part, are dropped."""
    line = Driven()
    number = line.part()
    line.answer(number, NG)
    line.answer(number, OK)
    line.answer(number + 5, OK)

    assert line.read_result().ng
    line.wait(1)
    assert not line.outputs().results_ready


def test_numbers_wrap_without_zero() -> None:
    """After 4294967295 comes 1, and results follow."""
    line = Driven(first=2**32 - 1)
    numbers = [line.part(), line.part()]
    for number in numbers:
        line.answer(number)

    assert numbers == [2**32 - 1, 1]
    assert [line.read_result().result_number for _ in numbers] == numbers


def test_a_plc_that_never_acknowledges_is_told_to_stop() -> None:
    """With eight results that wait, no trigger is taken."""
    line = Driven()
    for _ in range(8):
        line.answer(line.part())

    assert line.outputs().waiting == 8
    assert not line.outputs().ready
    assert line.set(trigger=True) is None
    assert line.outputs().missed_count == 1


def test_results_beyond_eight_are_errors() -> None:
    """Parts on the way when the queue fills up are NG with an error; the eight keep theirs."""
    line = Driven()
    numbers = [line.part() for _ in range(10)]
    for number in numbers:
        line.answer(number)

    assert line.outputs().overrun
    read = [line.read_result() for _ in numbers]
    assert [outputs.result_number for outputs in read] == numbers
    assert [outputs.ok for outputs in read] == [True] * 8 + [False] * 2
    assert {outputs.error_number for outputs in read[8:]} == {Fault.OVERRUN}
    line.set()
    assert not line.outputs().overrun
    assert line.outputs().ready


def test_the_heartbeat_changes_once_a_second() -> None:
    """As a level: ten changes in ten seconds."""
    line = Driven()
    levels = []
    for _ in range(1000):
        line.set()
        levels.append(line.outputs().heartbeat)

    changes = sum(a != b for a, b in pairwise(levels))
    assert changes == 10


def test_a_plc_that_falls_silent_gets_nothing_of_before() -> None:
    """Offline with a reason; results are gone, and a trigger that is held counts for nothing."""
    line = Driven()
    number = line.part()
    line.answer(line.part())
    line.wait(3.5, beats=False)

    assert not line.outputs().online
    assert not line.outputs().ready
    assert line.outputs().offline_reason == Offline.PLC_SILENT
    line.set(trigger=True)
    line.wait(1)
    assert line.outputs().online
    assert not line.answer(number).results_ready
    assert not line.outputs().trigger_ack
    assert line.handshake.counts.silences == 1


def test_a_plc_without_a_heartbeat_can_be_allowed() -> None:
    """With a time of 0 it is never silent."""
    line = Driven(Rules(heartbeat_timeout_s=0))
    line.wait(100, beats=False)

    assert line.outputs().online


def test_a_reset_forgets_every_part() -> None:
    """It is acknowledged as a level, and verdicts of before never come."""
    line = Driven()
    number = line.part()
    line.answer(line.part())

    line.set(reset=True)
    assert line.outputs().reset_ack
    assert not line.outputs().ready
    line.answer(number)
    line.set(reset=False)

    assert not line.outputs().reset_ack
    assert line.outputs().ready
    assert line.outputs().waiting == 0
    assert not line.outputs().results_ready


def test_the_product_changes_on_request() -> None:
    """Not ready before the first request; then acknowledged, and with each trigger."""
    line = Driven(Rules(products=2))
    assert line.outputs().offline_reason == Offline.NO_PRODUCT

    line.set(change_request=True, product_index=2)
    assert line.outputs().change_ack
    assert not line.outputs().ready
    line.set(change_request=False)
    taken = line.set(trigger=True)

    assert not line.outputs().change_ack
    assert line.outputs().product_index == 2
    assert taken is not None
    assert taken.product_index == 2


@pytest.mark.parametrize("index", [0, 3, 65535])
def test_an_unknown_product_is_refused_and_nothing_is_inspected(index: int) -> None:
    """The product before would be the wrong one: no trigger is taken until another request."""
    line = Driven(Rules(products=2))
    line.set(change_request=True, product_index=1)
    line.set(change_request=False)
    line.set(change_request=True, product_index=index)
    line.set(change_request=False)

    assert line.outputs().change_refused
    assert line.outputs().offline_reason == Offline.PRODUCT_REFUSED
    assert line.set(trigger=True) is None


def test_a_trigger_during_a_change_is_missed() -> None:
    """Which product it is about is not clear."""
    line = Driven(Rules(products=2))
    line.set(change_request=True, product_index=1)
    line.set(change_request=False)

    assert line.set(trigger=True, change_request=True, product_index=2) is None
    assert line.outputs().missed_count == 1


def test_a_missed_trigger_is_told_without_a_number() -> None:
    """It is a part that goes on record, with its serial; it gets no result."""
    line = Driven()
    line.set(trigger=True)
    line.set(trigger=False)
    missed = line.handshake.read(line.now, replace(line.inputs, trigger=True, serial="A-2"))

    assert missed is not None
    assert (missed.number, missed.serial) == (0, "A-2")
