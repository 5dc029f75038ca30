"""A simulated PLC on a real network: its program runs in cycles, in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from okng.testing.line.plc.plc_memory import Memory
from okng.testing.line.plc.plc_program import PlcProgram


class SimulatedPlc:
    """Runs a program until its parts are sorted, or until it is stopped.

    Args:
        program: that is run.
        memory: through which it reaches the station.
        scan_s: seconds of a cycle.
    """

    def __init__(self, program: PlcProgram, memory: Memory, *, scan_s: float = 0.005) -> None:
        self.program = program
        self._memory = memory
        self._scan_s = scan_s
        self._stopping = False
        self._opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._work, name="simulated-plc", daemon=True)

    def start(self) -> None:
        """Power on; returns once the network reaches it."""
        self._thread.start()
        self._opened.result(120)  # an OPC UA server needs a while on a busy machine

    def stop(self) -> None:
        """Power off."""
        self._stopping = True
        self._thread.join(20)

    def wait(self, seconds: float) -> bool:
        """Whether every part was sorted in time."""
        end = time.monotonic() + seconds
        while not self.program.done and time.monotonic() < end and self._thread.is_alive():
            time.sleep(0.01)
        return self.program.done

    def _work(self) -> None:
        try:
            asyncio.run(self._run())
        except Exception as error:
            if self._opened.done():
                raise
            self._opened.set_exception(error)

    async def _run(self) -> None:
        try:
            await self._memory.open()
            self._opened.set_result(None)
            while not self._stopping:
                outputs = await self._memory.read()
                await self._memory.write(self.program.scan(time.monotonic(), outputs))
                await asyncio.sleep(self._scan_s)
        finally:
            await self._memory.close()


@contextmanager
def simulated_plc(
    program: PlcProgram, memory: Memory, *, scan_s: float = 0.005
) -> Iterator[SimulatedPlc]:
    """A PLC that runs for the length of the block."""
    plc = SimulatedPlc(program, memory, scan_s=scan_s)
    plc.start()
    try:
        yield plc
    finally:
        plc.stop()
