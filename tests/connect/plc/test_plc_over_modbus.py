"""Trigger -> camera -> judge -> PLC over Modbus TCP: every part is sorted by its own verdict."""

import asyncio
import socket
from collections.abc import Callable

import pytest

from okng.connect.plc.carriers.modbus import ModbusClient, ModbusServer, Place
from okng.connect.plc.carriers.registers import RegisterClient, RegisterServer
from okng.connect.plc.handshake import Rules
from okng.connect.plc.signals import Outputs
from okng.connect.plc.trigger import PlcTrigger
from okng.errors import ConnectError, RefusedError
from okng.testing.line.plc.plc_memory import Memory, PollingRegisters, ServingRegisters, Watched
from okng.testing.line.plc.plc_program import Bin, PlcProgram, Trouble
from okng.testing.line.plc.plc_simulator import simulated_plc
from okng.testing.line.plc.plc_station import FakeStation, free_port, until

PARTS = [f"part-{number}" for number in range(6)]
BAD = {"part-1", "part-4"}
SORTED = {part: Bin.REJECT if part in BAD else Bin.GOOD for part in PARTS}
Pair = tuple[Memory, PlcTrigger]


def _serving() -> Pair:
    """The PLC is the server."""
    port, place = free_port(), Place()
    trigger = PlcTrigger(
        lambda: ModbusClient(RegisterClient("127.0.0.1", port, 1), place, poll_s=0.002), Rules()
    )
    return ServingRegisters(port, place), trigger


def _polling() -> Pair:
    """The station is the server."""
    port = free_port()
    trigger = PlcTrigger(lambda: ModbusServer("127.0.0.1", port, 1, Place()), Rules())
    return PollingRegisters(port), trigger


@pytest.mark.parametrize("pair", [_serving, _polling])
def test_parts_are_sorted_by_their_own_verdicts(pair: Callable[[], Pair]) -> None:
    """The PLC as server and as client: six parts, their serials, and their bins."""
    memory, trigger = pair()
    program = PlcProgram(PARTS)
    station = FakeStation(trigger, lambda: program.at_camera, BAD)

    with station, simulated_plc(program, memory) as plc:
        assert plc.wait(20)

    assert program.bins == SORTED
    assert station.photos == [(part, part) for part in PARTS]
    assert program.strangers == 0


@pytest.mark.parametrize("trouble", [Trouble.DOUBLE_TRIGGER, Trouble.EARLY_DROP, Trouble.RESTART])
@pytest.mark.parametrize("pair", [_serving, _polling])
def test_a_faulty_plc_never_passes_a_bad_part(pair: Callable[[], Pair], trouble: Trouble) -> None:
    """Doubled and dropped triggers and restarts, at a bad part and at the one after it."""
    memory, trigger = pair()
    program = PlcProgram(PARTS, {"part-1": trouble, "part-2": trouble})
    station = FakeStation(trigger, lambda: program.at_camera, BAD)

    with station, simulated_plc(program, memory) as plc:
        assert plc.wait(20)

    assert {part for part in BAD if program.bins[part] is Bin.GOOD} == set()
    assert program.bins["part-5"] is Bin.GOOD


def test_a_plc_that_is_off_for_a_while_gets_no_result_of_before() -> None:
    """Its server goes with a part on the way; back on, it finds all outputs low."""
    port, seen = free_port(), list[Outputs]()
    first = PlcProgram(PARTS[:2])
    second = PlcProgram(PARTS[2:])
    now = first
    trigger = PlcTrigger(
        lambda: ModbusClient(RegisterClient("127.0.0.1", port, 1), Place(), poll_s=0.002), Rules()
    )
    station = FakeStation(trigger, lambda: now.at_camera, BAD, engine_s=0.2)

    with simulated_plc(first, ServingRegisters(port)) as plc, station:
        until(lambda: len(station.photos) == 1)
        plc.stop()
        now = second
        with simulated_plc(second, Watched(ServingRegisters(port), seen)) as other:
            assert other.wait(20)

    assert station.losses
    assert second.strangers == 0
    assert {part: second.bins[part] for part in PARTS[2:]} == {p: SORTED[p] for p in PARTS[2:]}
    assert not any(outputs.results_ready for outputs in seen[: seen.index(_first_ready(seen))])


def _first_ready(seen: list[Outputs]) -> Outputs:
    return next(outputs for outputs in seen if outputs.ready)


def test_nobody_there_is_an_error_with_the_next_step() -> None:
    """The address stands in it; the runner tries again."""
    port = free_port()
    client = RegisterClient("127.0.0.1", port, 1, timeout_s=0.3)
    trigger = PlcTrigger(lambda: ModbusClient(client, Place(), poll_s=0.002), Rules())

    with pytest.raises(ConnectError, match="does not answer on Modbus TCP") as caught:
        trigger.open()
    trigger.close()

    assert str(port) in caught.value.message
    assert caught.value.hint


def test_a_plc_without_the_registers_is_named_at_the_check() -> None:
    """The check reads both blocks, and gives the reason of the PLC."""
    port = free_port()
    client = RegisterClient("127.0.0.1", port, 1)
    carrier = ModbusClient(client, Place(inputs=500, outputs=600), poll_s=0.002)

    with (
        simulated_plc(PlcProgram([]), ServingRegisters(port)),
        pytest.raises(RefusedError, match="no such registers"),
    ):
        asyncio.run(carrier.check())


def test_the_check_names_the_plc_and_its_registers() -> None:
    """What is there, without a change."""
    port = free_port()
    carrier = ModbusClient(RegisterClient("127.0.0.1", port, 1), Place(), poll_s=0.002)

    with simulated_plc(PlcProgram([]), ServingRegisters(port)):
        findings = asyncio.run(carrier.check())

    assert [finding.subject for finding in findings] == ["plc", "inputs", "outputs"]
    assert findings[1].value == "registers 0 to 33"
    assert findings[2].value == "registers 100 to 115"


def test_a_port_in_use_is_an_error() -> None:
    """Two stations cannot listen on one port."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        carrier = ModbusServer("127.0.0.1", other.getsockname()[1], 1, Place())
        with pytest.raises(ConnectError, match="cannot listen"):
            asyncio.run(carrier.check())


def test_outputs_cannot_be_written_by_the_plc() -> None:
    """A PLC that mixes up the blocks is refused, and what stands there stays."""
    port = free_port()
    server = RegisterServer("127.0.0.1", port, 1, written=(0, 34), shown=(100, 16))

    async def write() -> list[int]:
        client = RegisterClient("127.0.0.1", port, 1)
        await server.start(lambda: None)
        server.own[0] = 7
        try:
            await client.connect()
            with pytest.raises(RefusedError):
                await client.write(100, [1])
            return await client.read(100, 16)
        finally:
            client.close()
            await server.stop()

    assert asyncio.run(write())[0] == 7
