"""One connection to a PLC, from its opening to its end: a thread that runs the handshake."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue

from okng.connect.plc.carrier import Carrier
from okng.connect.plc.handshake import Counts, Handshake, Taken
from okng.connect.plc.signals import Inputs, Offline, Outputs, Signal
from okng.errors import ConnectError

_LOG = logging.getLogger(__name__)
_LONGEST_PAUSE_S = 0.25  # the heartbeat and deadlines are looked after at least so often

Event = Callable[[Handshake], None]


class Session:
    """Runs a handshake over a carrier until it is closed or the connection is lost.

    Args:
        carrier: that is not open yet.
        handshake: a new one.
        clock: seconds of a steady clock.
    """

    def __init__(
        self, carrier: Carrier, handshake: Handshake, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._carrier = carrier
        self._handshake = handshake
        self._clock = clock
        self._taken: SimpleQueue[Taken | None] = SimpleQueue()
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._opened: Future[None] = Future()
        self._ended: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answered = asyncio.Event()
        self._changed = asyncio.Event()
        self._stopping = False
        self._written: Outputs | None = None
        self._logged = handshake.counts
        self._writes = 0
        self._writing = asyncio.Lock()
        self._thread = threading.Thread(target=self._work, name="okng-plc", daemon=True)

    def open(self) -> None:
        """Connect, clear the outputs, and begin with the handshake.

        Raises:
            ConnectError: the PLC cannot be reached now.
        """
        self._thread.start()
        self._opened.result()

    def next(self) -> Taken | None:
        """The next trigger; None once the session is closed.

        Raises:
            ConnectError: the connection is lost.
        """
        if (taken := self._taken.get()) is not None:
            return taken
        if not self._stopping:
            self._ended.result()
        return None

    def fault(self, taken: Taken) -> ConnectError | None:
        """Why no photo of a part is to be taken any more: it is not in front of the camera."""
        if not taken.number:
            return ConnectError("The PLC triggered while the station was not ready")
        if self._ended.done() or not self._handshake.expects(taken.number):
            return ConnectError("The PLC did not wait for the photo any more")
        return None

    def rest_s(self, taken: Taken) -> float:
        """Seconds until a part is late."""
        return max(taken.due - self._clock(), 0.0)

    def exposed(self, number: int) -> None:
        """The photo of a part is taken. Any thread may call it."""
        self._pass_on(lambda handshake: handshake.exposed(number))

    def answered(self, number: int, signal: Signal) -> None:
        """What became of a part. Any thread may call it."""
        self._pass_on(lambda handshake: handshake.answered(number, signal))

    def close(self) -> None:
        """Clear the outputs and disconnect; returns when it is done."""
        self._stopping = True
        self._set(self._changed)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    @property
    def counts(self) -> Counts:
        """What went wrong in this session."""
        return self._handshake.counts

    @property
    def next_number(self) -> int:
        """The number that the next part would get."""
        return self._handshake.next_number

    def _pass_on(self, event: Event) -> None:
        self._events.put(event)
        self._set(self._answered)

    def _set(self, event: asyncio.Event) -> None:
        """Set an event of the loop from any thread."""
        loop = self._loop
        if loop is None:
            return
        with suppress(RuntimeError):  # the loop was closed in this moment
            loop.call_soon_threadsafe(event.set)

    def _work(self) -> None:
        try:
            asyncio.run(self._run())
            self._ended.set_result(None)
        except Exception as error:  # noqa: BLE001 - `open` or `next` raises it
            self._ended.set_exception(error)
            if not self._opened.done():
                self._opened.set_exception(error)
        finally:
            self._loop = None
            self._taken.put(None)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await self._carrier.open(self._changed.set)
            await self._write()
            self._opened.set_result(None)
            await self._serve()
            await self._carrier.write(Outputs(offline_reason=Offline.STARTING))
        finally:
            await self._carrier.close()

    async def _serve(self) -> None:
        """Read again and again; verdicts are written beside it, without a wait for a reading."""
        answering = asyncio.create_task(self._answer())
        try:
            while not (self._stopping or answering.done()):
                await self._turn()
                await self._pause()
        finally:
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering

    async def _turn(self) -> None:
        """Read, follow, write."""
        inputs = await self._read()
        taken = self._handshake.read(self._clock(), inputs)
        if taken is not None:
            self._taken.put(taken)
        _log_faults(self._logged, self._handshake.counts)
        self._logged = self._handshake.counts
        await self._write()

    async def _read(self) -> Inputs:
        """Inputs that were read after the last write: older levels are no answer to it."""
        while True:
            async with self._writing:
                writes = self._writes
            inputs = await self._carrier.read()
            if writes == self._writes:
                return inputs

    async def _answer(self) -> None:
        while True:
            await self._answered.wait()
            self._answered.clear()
            while not self._events.empty():
                self._events.get()(self._handshake)
            self._handshake.advance(self._clock())
            await self._write()

    async def _write(self) -> None:
        """Write the outputs, if they changed. The heartbeat changes once a second.

        A PLC that lost its memory has all of it again after that time.
        """
        async with self._writing:
            outputs = self._handshake.outputs
            if outputs != self._written:
                self._written = outputs
                self._writes += 1
                await self._carrier.write(outputs)

    async def _pause(self) -> None:
        """Wait until the inputs change, or for the next reading or deadline."""
        due = self._handshake.next_due()
        rest = _LONGEST_PAUSE_S if due is None else max(due - self._clock(), 0)
        await _wait(self._changed, min(self._carrier.poll_s, rest, _LONGEST_PAUSE_S))
        self._changed.clear()


async def _wait(event: asyncio.Event, longest_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await event.wait()


def _log_faults(before: Counts, after: Counts) -> None:
    """Log what a person of the line must see, with what to do."""
    for name, text in _TEXTS.items():
        if getattr(after, name) != getattr(before, name):
            _LOG.warning("%s (%d so far)", text, getattr(after, name))


_TEXTS = {
    "missed": "The PLC triggered while not ready; the part has no photo. Wait for `ready` first.",
    "late": "No verdict by the deadline; the part was rejected. Raise `deadline` or speed up.",
    "overrun": "The PLC acknowledges no results; parts were rejected. Look at `result_ack`.",
    "silences": "The heartbeat of the PLC stopped. Is the PLC in RUN?",
}
