"""Trigger to verdict at the PLC, beyond the time of the engine, over each carrier on loopback.

Usage: plc_latency.py [--parts N] [--engine-ms MS] [--scan-ms MS] [CARRIER ...]

The PLC runs in a process of its own, in cycles of about a millisecond. A clock is read when the
memory of the PLC has the trigger, when the station hands the shot on, when the engine answers, and
when the memory of the PLC has the result (a PLC that polls: when it has read it). The engine is a
thread that sleeps. Figures are in milliseconds, on loopback. On a machine that does other work run
it as `chrt -f 20 python ...`.
"""

import argparse
import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

import numpy as np

from okng.connect.contracts import Around, Shot, TriggerSettings
from okng.connect.part import Outcome
from okng.connect.plc.settings.modbus import ModbusPlcSettings, ModbusServerPlcSettings
from okng.connect.plc.settings.opcua import OpcUaPlcSettings
from okng.connect.plc.settings.s7 import S7PlcSettings
from okng.connect.plc.signals import Inputs, Outputs
from okng.errors import ConnectError
from okng.testing.line.plc.plc_memory import Memory, PollingRegisters, ServingRegisters
from okng.testing.line.plc.plc_memory_opcua import ServingTags
from okng.testing.line.plc.plc_memory_s7 import ServingDataBlock
from okng.testing.line.plc.plc_program import PlcProgram
from okng.testing.line.plc.plc_station import free_port
from okng.testing.station.records import inspection_row

Times = dict[str, float]


class Carrier(NamedTuple):
    """How the PLC is reached, from both sides."""

    memory: Callable[[int], Memory]
    settings: Callable[[int], TriggerSettings]


def _opcua(port: int, reading: str, poll_s: float) -> TriggerSettings:
    values = {"reading": reading, "poll": poll_s, "insecure": True}
    return OpcUaPlcSettings.model_validate({"url": f"opc.tcp://127.0.0.1:{port}", **values})


def _modbus(port: int, poll_s: float) -> TriggerSettings:
    return ModbusPlcSettings(host="127.0.0.1", port=port, poll=poll_s)


CARRIERS = {
    "modbus": Carrier(ServingRegisters, lambda port: _modbus(port, 0.002)),
    "modbus-1ms": Carrier(ServingRegisters, lambda port: _modbus(port, 0.001)),
    "modbus-server": Carrier(PollingRegisters, lambda port: ModbusServerPlcSettings(port=port)),
    "s7": Carrier(ServingDataBlock, lambda port: S7PlcSettings(host="127.0.0.1", port=port, db=1)),
    "opcua-poll": Carrier(ServingTags, lambda port: _opcua(port, "poll", 0.002)),
    "opcua-poll-1ms": Carrier(ServingTags, lambda port: _opcua(port, "poll", 0.001)),
    "opcua-poll-5ms": Carrier(ServingTags, lambda port: _opcua(port, "poll", 0.005)),
    "opcua-subscribe": Carrier(ServingTags, lambda port: _opcua(port, "subscribe", 0.002)),
    "opcua-subscribe-10ms": Carrier(ServingTags, lambda port: _opcua(port, "subscribe", 0.010)),
}


class Plc:
    """Runs a program and notes when each part was triggered for, and when its result was read."""

    def __init__(self, memory: Memory, parts: list[str], scan_s: float) -> None:
        self.triggered: Times = {}
        self._arrived: dict[int, float] = {}
        self._next_part = 0.0
        self._memory, self._scan_s = memory, scan_s
        self._program = PlcProgram(parts)

    @property
    def arrived(self) -> Times:
        """When the result of each part was there; results come in the order of the parts."""
        parts = zip(self._program.parts, self._program.results, strict=True)
        return {part: self._arrived[outputs.result_number] for part, outputs in parts}

    def note(self, outputs: Outputs) -> None:
        """Note a result that is new."""
        if outputs.results_ready:
            self._arrived.setdefault(outputs.result_number, time.monotonic())

    async def run(self, opened: Callable[[], None]) -> None:
        """One cycle after the other."""
        await self._memory.open()
        opened()
        last = Inputs()
        while not self._program.done:
            outputs = await self._memory.read()
            self.note(outputs)
            inputs = self._program.scan(time.monotonic(), self._without_haste(outputs))
            await self._memory.write(inputs)
            if inputs.trigger and not last.trigger:
                self.triggered[inputs.serial] = time.monotonic()
            last = inputs
            await self._next_cycle()
        await self._memory.close()

    def _without_haste(self, outputs: Outputs) -> Outputs:
        """Parts come at random: a trigger right after `ready` would always meet the same wait."""
        now = time.monotonic()
        if not outputs.ready:
            self._next_part = now + random.uniform(0.005, 0.025)  # noqa: S311 - a pace
        return outputs if now >= self._next_part else replace(outputs, ready=False)

    async def _next_cycle(self) -> None:
        """In another thread: the event loop itself rounds up to whole milliseconds."""
        pause = self._scan_s * random.uniform(0.5, 1.5)  # noqa: S311 - a pace
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, pause)


def _plc_process(name: str, port: int, parts: list[str], scan_s: float, pipe: Connection) -> None:
    logging.disable(logging.CRITICAL)
    memory = CARRIERS[name].memory(port)
    plc = Plc(memory, parts, scan_s)
    if hasattr(memory, "written"):
        memory.written = lambda: plc.note(memory.outputs())
    asyncio.run(plc.run(lambda: pipe.send("open")))
    pipe.send((plc.triggered, plc.arrived))


class Station:
    """Takes shots and answers after a fixed time; notes when each was handed on and answered."""

    def __init__(self, settings: TriggerSettings, engine_s: float) -> None:
        self.seen: Times = {}
        self.answered: Times = {}
        self._trigger = settings.trigger(Around("plant", "bench"))
        self._engine_s = engine_s

    def run(self) -> None:
        """Until `close`."""
        self._trigger.open()
        with suppress(ConnectError):  # the PLC goes once its parts are sorted
            for shot in self._trigger.shots():
                self.seen[shot.serial or ""] = time.monotonic()
                shot.exposed()
                threading.Thread(target=self._judge, args=[shot]).start()

    def close(self) -> None:
        """End it."""
        self._trigger.close()

    def _judge(self, shot: Shot) -> None:
        time.sleep(self._engine_s)
        self.answered[shot.serial or ""] = time.monotonic()
        shot.answered(Outcome(inspection_row(verdict="OK")))


def measure(name: str, parts: int, engine_s: float, scan_s: float) -> str:
    """One row of the table."""
    names = [f"part-{number}" for number in range(parts)]
    port, (ours, theirs) = free_port(), get_context("spawn").Pipe()
    process = get_context("spawn").Process(
        target=_plc_process, args=(name, port, names, scan_s, theirs), daemon=True
    )
    station = Station(CARRIERS[name].settings(port), engine_s)
    process.start()
    if name != "modbus-server":
        ours.recv()
    thread = threading.Thread(target=station.run, daemon=True)
    thread.start()
    if name == "modbus-server":
        ours.recv()
    triggered, arrived = ours.recv()
    station.close()
    process.join()
    done = names[parts // 20 :]  # the first ones warm up
    reading = _ms([station.seen[part] - triggered[part] for part in done])
    writing = _ms([arrived[part] - station.answered[part] for part in done])
    both = reading + writing
    cells = [_percentiles(values) for values in (reading, writing, both)]
    return f"| {name} | " + " | ".join(cells) + f" | {both.max():.1f} |"


def _ms(seconds: list[float]) -> np.ndarray:
    return 1000 * np.asarray(seconds)


def _percentiles(values: np.ndarray) -> str:
    return ", ".join(f"{np.percentile(values, share):.2f}" for share in (50, 99))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", type=int, default=500)
    parser.add_argument("--engine-ms", type=float, default=20)
    parser.add_argument("--scan-ms", type=float, default=1)
    parser.add_argument("carriers", nargs="*", default=[], choices=[[], *CARRIERS])
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)  # each PLC ends with a lost connection
    print(
        "| carrier | trigger to shot: p50, p99 | answer to PLC: p50, p99 | both: p50, p99 | most |"
    )
    print("|---|---|---|---|---|")
    for name in given.carriers or CARRIERS:
        print(measure(name, given.parts, given.engine_ms / 1000, given.scan_ms / 1000), flush=True)


if __name__ == "__main__":
    main()
