"""Faults of a line that a PLC drives: broker, database, PLC and process end at random.

The PLC triggers for one part after the other and sorts each by the result with its number. What
counts is where a part ends: in the bin of the good ones only with an OK of its own on record.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from okng.connect.plc.signals import Inputs, Outputs
from okng.testing.line.faults.killed_line import truth_of
from okng.testing.line.faults.killed_plc_line import IN_FRONT
from okng.testing.line.faults.line_faults import broker_with_memory
from okng.testing.line.faults.outages import Outages, Service
from okng.testing.line.faults.toll import (
    Toll,
    count_delivered,
    digest_of,
    rows_on_record,
    wait_until_delivered,
)
from okng.testing.line.network.listener import Listener
from okng.testing.line.network.mosquitto import free_port
from okng.testing.line.plc.plc_memory import Memory, ServingRegisters
from okng.testing.line.plc.plc_memory_opcua import ServingTags
from okng.testing.line.plc.plc_program import Bin, PlcProgram
from okng.testing.line.plc.plc_simulator import SimulatedPlc
from okng.testing.station.postgres import PostgresServer
from okng.verdict import Judgement

MEMORIES = {"modbus": ServingRegisters, "opcua": ServingTags}
"""How the station reaches the PLC."""
_STOP_SECONDS = 120.0
_SCAN_SECONDS = 0.02
_VERDICTS = {Judgement.OK, Judgement.NG, Judgement.REVIEW}


class PlcService:
    """A PLC that is switched off and on; its program has lost its memory then.

    Args:
        carrier: `modbus` or `opcua`.
        program: of the PLC; its parts and bins are those of the line, and stay.
        in_front: file with the number of the part in front of the camera.
    """

    def __init__(self, carrier: str, program: PlcProgram, in_front: Path) -> None:
        self.port = free_port()
        self._carrier, self._program, self._in_front = carrier, program, in_front
        self._plc: SimulatedPlc | None = None

    def start(self) -> None:
        """Switch it on."""
        memory = MEMORIES[self._carrier](self.port)
        self._plc = SimulatedPlc(self._program, _Conveyor(memory, self._program, self._in_front))
        self._plc.start()

    def stop(self) -> None:
        """Switch it off."""
        if self._plc is not None:
            self._plc.stop()
            self._program.restart(time.monotonic())


class _Conveyor:
    """Moves the part in front of the camera; it is there before the PLC triggers for it."""

    def __init__(self, memory: Memory, program: PlcProgram, in_front: Path) -> None:
        self._memory, self._program, self._in_front = memory, program, in_front
        self._shown: str | None = None

    async def open(self) -> None:
        await self._memory.open()

    async def read(self) -> Outputs:
        return await self._memory.read()

    async def write(self, inputs: Inputs) -> None:
        part = self._program.at_camera
        if part != self._shown:
            show(self._in_front, part)
            self._shown = part
        await self._memory.write(inputs)

    async def close(self) -> None:
        await self._memory.close()


def show(in_front: Path, part: str) -> None:
    """Put a part in front of the camera, or none, at once."""
    new = in_front.with_suffix(".new")
    new.write_text(part)
    new.replace(in_front)


class DrivenLine:
    """A station in a process of its own that a PLC drives, where things end at random.

    Args:
        folder: of the station.
        model: file of any model; its network is not run.
        postgres: the server of the database.
        database: its URL.
        rng: draws the faults.
        carrier: how the station reaches the PLC, `modbus` or `opcua`.
    """

    def __init__(
        self, folder: Path, model: Path, postgres: PostgresServer, database: str,
        rng: random.Random, carrier: str,
    ) -> None:  # fmt: skip
        self._folder, self._database = folder, database
        self._broker = broker_with_memory(folder)
        self.program = PlcProgram([])
        self._plc = PlcService(carrier, self.program, folder / IN_FRONT)
        services: dict[str, Service] = {"broker": self._broker, "database": postgres}
        self._outages = Outages(services | {"PLC": self._plc}, self._kill, rng)
        self._command = [
            sys.executable, "-m", "okng.testing.line.faults.killed_plc_line", database,
            str(folder), str(model), str(self._broker.port), carrier, str(self._plc.port),
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, parts: int, faults: int) -> Toll:
        """Let parts go by with so many faults, spread evenly, and count what they cost."""
        toll = Toll(parts, self._outages.counts)
        self.program.parts = [str(part) for part in range(parts)]
        self._outages.spread(faults, parts)
        self._broker.start()
        self._plc.start()
        with Listener(self._broker.port, session="faults") as listener:
            self._drive()
            self._end(listener)
            self._count(toll, listener)
        self._plc.stop()
        self._broker.kill()
        return toll

    def _drive(self) -> None:
        """Start the station as often as it takes, until every part is sorted."""
        while not self.program.done:
            if self._process is None or self._process.poll() is not None:
                self._process = self._started()
            self._outages.after(len(self.program.bins))
            time.sleep(_SCAN_SECONDS)
        self._outages.join()

    def _started(self) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen(self._command, stdout=quiet, stderr=quiet)  # noqa: S603

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _end(self, listener: Listener) -> None:
        """Let the station deliver what is left, and end it in order."""
        if self._process is None or self._process.poll() is not None:
            self._process = self._started()
        wait_until_delivered(self._database, self._folder, listener)
        os.kill(self._process.pid, signal.SIGTERM)
        self._process.wait(_STOP_SECONDS)

    def _count(self, toll: Toll, listener: Listener) -> None:
        rows = rows_on_record(self._database, toll)
        count_records(toll, rows)
        count_results(toll, rows, self.program.results)
        count_bins(toll, rows, self.program)
        count_delivered(toll, listener, self._folder, {row.id: row.verdict for row in rows})


def count_records(toll: Toll, rows: Sequence[Row[Any]]) -> None:
    """Parts that were judged twice, and photos of another part than the PLC triggered for."""
    inspected = [row for row in rows if row.verdict in _VERDICTS]
    toll.twice = sum(count > 1 for count in Counter(row.serial for row in inspected).values())
    for row in inspected:
        part = int(row.serial)
        toll.swapped += (row.photo_digest, row.verdict) != (digest_of(part), truth_of(part))


def count_results(toll: Toll, rows: Sequence[Row[Any]], results: Sequence[Outputs]) -> None:
    """Results that the PLC read of which nothing is on record, or something else."""
    by_number = {row.idempotency_key.rpartition("-")[2]: row for row in rows}
    for result in results:
        row = by_number.get(str(result.result_number))
        if row is None:
            toll.lost += 1
        elif result.ok and row.verdict != Judgement.OK:
            toll.invented += 1


def count_bins(toll: Toll, rows: Sequence[Row[Any]], program: PlcProgram) -> None:
    """Parts that were passed as good without an OK of their own, and parts in no bin."""
    passed = {row.serial for row in rows if row.verdict == Judgement.OK}
    toll.lost += sum(part not in program.bins for part in program.parts)
    for part, where in program.bins.items():
        good = truth_of(int(part)) == Judgement.OK
        toll.invented += where is Bin.GOOD and part not in passed
        toll.swapped += where is Bin.GOOD and not good
        toll.rejected += where is Bin.REJECT and good
