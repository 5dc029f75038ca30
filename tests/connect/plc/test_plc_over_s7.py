"""Trigger -> camera -> judge -> PLC over S7: a data block of a Siemens PLC."""

import pytest

from okng.connect.contracts import Around
from okng.connect.plc.carriers.s7 import Block
from okng.connect.plc.settings.s7 import S7PlcSettings
from okng.errors import ConnectError, RefusedError
from okng.testing.line.plc.plc_memory_s7 import ServingDataBlock
from okng.testing.line.plc.plc_program import Bin, PlcProgram, Trouble
from okng.testing.line.plc.plc_simulator import simulated_plc
from okng.testing.line.plc.plc_station import FakeStation, free_port, until

AROUND = Around("plant", "station-1")
PARTS = [f"part-{number}" for number in range(6)]
BAD = {"part-1", "part-4"}


def _settings(port: int, **more: float) -> S7PlcSettings:
    return S7PlcSettings(host="127.0.0.1", port=port, **{"db": 7, **more})


@pytest.mark.parametrize("outputs", [68, 200])
def test_parts_are_sorted_by_their_own_verdicts(outputs: int) -> None:
    """Six parts, their serials and their bins, wherever the block has its outputs."""
    port = free_port()
    program = PlcProgram(PARTS)
    trigger = _settings(port, outputs=outputs).trigger(AROUND)
    station = FakeStation(trigger, lambda: program.at_camera, BAD)

    with simulated_plc(program, ServingDataBlock(port, Block(7, 0, outputs))) as plc, station:
        assert plc.wait(20)

    assert {part for part, where in program.bins.items() if where is Bin.REJECT} == BAD
    assert station.photos == [(part, part) for part in PARTS]


def test_a_faulty_plc_never_passes_a_bad_part() -> None:
    """A double trigger, a dropped one, one that is missing and a restart, in one run."""
    port = free_port()
    troubles = {
        "part-1": Trouble.DOUBLE_TRIGGER, "part-2": Trouble.EARLY_DROP,
        "part-3": Trouble.RESTART, "part-4": Trouble.MISSING_TRIGGER,
    }  # fmt: skip
    program = PlcProgram(PARTS, troubles)
    station = FakeStation(_settings(port).trigger(AROUND), lambda: program.at_camera, BAD)

    with simulated_plc(program, ServingDataBlock(port, Block(7))) as plc, station:
        assert plc.wait(20)

    assert {part for part, where in program.bins.items() if where is Bin.GOOD} == {
        "part-0", "part-5"
    }  # fmt: skip


def test_a_plc_that_goes_is_an_error_and_is_opened_anew() -> None:
    """The session ends with an error; the next one finds the PLC, and parts go on."""
    port = free_port()
    first, second = PlcProgram(PARTS[:1]), PlcProgram(PARTS[1:3])
    now = first
    station = FakeStation(_settings(port).trigger(AROUND), lambda: now.at_camera, BAD)

    with simulated_plc(first, ServingDataBlock(port, Block(7))) as plc, station:
        assert plc.wait(20)
        plc.stop()
        until(lambda: bool(station.losses))
        now = second
        with simulated_plc(second, ServingDataBlock(port, Block(7))) as other:
            assert other.wait(20)

    assert second.bins == {"part-1": Bin.REJECT, "part-2": Bin.GOOD}


def test_nobody_there_is_an_error_with_the_next_step() -> None:
    """The address, rack and slot stand in it."""
    with pytest.raises(ConnectError, match="does not answer on S7") as caught:
        _settings(free_port(), timeout=0.5).check(AROUND)

    assert "rack 0, slot 1, DB7" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("wrong", [{"db": 8}, {"inputs": 400}, {"outputs": 150}])
def test_a_block_that_is_not_there_is_named_at_the_check(wrong: dict[str, int]) -> None:
    """Another number, or a block that is too short."""
    port = free_port()

    with (
        simulated_plc(PlcProgram([]), ServingDataBlock(port, Block(7))),
        pytest.raises(RefusedError, match="refuses the data block") as caught,
    ):
        _settings(port, **wrong).check(AROUND)

    assert "PUT/GET" in (caught.value.hint or "")


def test_the_check_names_the_bytes() -> None:
    """What is there, without a change."""
    port = free_port()

    with simulated_plc(PlcProgram([]), ServingDataBlock(port, Block(7))):
        findings = _settings(port).check(AROUND)

    assert [finding.value for finding in findings[1:]] == [
        "DB7, bytes 0 to 67", "DB7, bytes 68 to 99"
    ]  # fmt: skip
