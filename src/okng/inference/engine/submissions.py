"""Photos that were submitted: read, batched, inspected, and bounded by pixels in flight."""

import threading
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

from okng.errors import EngineClosedError, EngineFullError
from okng.inference.engine.batcher import Batcher, Ticket
from okng.inference.engine.read_ahead import Readers, closed
from okng.inference.frames import Frame, read
from okng.inference.inspection import Inspection
from okng.inference.processors import cores


class Load(NamedTuple):
    """What is in flight.

    Attributes:
        photos: that were submitted and are not yet inspected.
        pixels: of them together.
        waiting: those of them that are read and wait for a session.
    """

    photos: int
    pixels: int
    waiting: int


class InFlight:
    """The tickets in flight; bounds their pixels. First come, first served.

    Args:
        pixels: in all. A photo with more of them is let in when no other is in flight.
    """

    def __init__(self, pixels: int) -> None:
        self.limit = pixels
        self._changed = threading.Condition()
        self._waiting: deque[Ticket] = deque()
        self._tickets: set[Ticket] = set()
        self._pixels = 0

    @property
    def total(self) -> tuple[int, int]:
        """Tickets, and their pixels."""
        with self._changed:
            return len(self._tickets), self._pixels

    def add(self, ticket: Ticket, timeout: float | None) -> bool:
        """Let a ticket in; False where there was no room for it within so many seconds."""

        def may() -> bool:
            room = not self._tickets or self._pixels + ticket.pixels <= self.limit
            return room and self._waiting[0] is ticket

        with self._changed:
            self._waiting.append(ticket)
            try:
                if not self._changed.wait_for(may, timeout):
                    return False
                self._pixels += ticket.pixels
                self._tickets.add(ticket)
                return True
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def remove(self, ticket: Ticket) -> None:
        """Let a ticket out, inspected or not."""
        with self._changed:
            self._tickets.remove(ticket)
            self._pixels -= ticket.pixels
            self._changed.notify_all()

    def shrink(self, ticket: Ticket, pixels: int) -> None:
        """Count a ticket with what it holds now that its photo was read."""
        with self._changed:
            freed = max(0, ticket.pixels - pixels)
            ticket.pixels -= freed
            self._pixels -= freed
            self._changed.notify_all()

    def cancel(self) -> None:
        """Cancel every future that no session is working on."""
        with self._changed:
            tickets = list(self._tickets)
        for ticket in tickets:
            ticket.future.cancel()

    def wait_until_empty(self, timeout: float | None = None) -> bool:
        """Whether nothing was in flight any more within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._tickets, timeout)


class Submissions:
    """Takes photos from any thread and inspects them in threads of its own.

    Args:
        readers: read and decode the photos; they end with it.
        workers: batches that are inspected at the same time.
        pixels: bound on what is in flight.
        shares: whether these batches share the threads, see `Batcher`.

    Attributes:
        runs: threads for batches of sequences that are inspected at the same time.
    """

    def __init__(
        self, readers: Readers, workers: int, pixels: int, *, shares: bool = False
    ) -> None:
        self.readers = readers
        self.runs = Readers(cores(), "okng-run")
        self._in_flight = InFlight(pixels)
        self._batcher = Batcher(workers, self._in_flight.remove, shares=shares)
        self._closing = False

    @property
    def load(self) -> Load:
        """What is in flight."""
        return Load(*self._in_flight.total, self._batcher.waiting)

    def take(self, ticket: Ticket, timeout: float | None) -> Future[Inspection]:
        """Take a photo, once there is room for it.

        Raises:
            EngineFullError: there was none in time.
            EngineClosedError: it has been closed.
        """
        if not self._in_flight.add(ticket, timeout):
            raise EngineFullError(
                "The engine has no room for another photo",
                allowed=f"{self._in_flight.limit:,} pixels in flight",
                hint="Try again later, or send fewer photos at a time.",
            )
        try:
            if self._closing:
                raise closed()
            reading = self.readers.submit(_read, ticket)
        except EngineClosedError:
            self._in_flight.remove(ticket)
            raise
        reading.add_done_callback(partial(self._was_read, ticket))
        return ticket.future

    def close(self, timeout: float | None) -> None:
        """Inspect what is in flight and end the threads; cancel what is left after the timeout."""
        self._closing = True  # first, so that those who wait for room find it closed
        if not self._in_flight.wait_until_empty(timeout):
            self._in_flight.cancel()
            self._batcher.wake()
        # Readers end first: what they have read may still be on its way to the batcher.
        self.readers.shutdown()
        self._in_flight.wait_until_empty()
        self._batcher.close()
        self.runs.shutdown()

    def _was_read(self, ticket: Ticket, reading: Future[None]) -> None:
        fault = reading.exception()
        if fault is None and not ticket.future.cancelled():
            frame = ticket.frame
            self._in_flight.shrink(ticket, frame.held if isinstance(frame, Frame) else 0)
            self._batcher.push(ticket)
            return
        # Also tells those who wait on a cancelled future, as `concurrent.futures.wait` does.
        if ticket.future.set_running_or_notify_cancel() and fault is not None:
            ticket.future.set_exception(fault)
        self._in_flight.remove(ticket)


def _read(ticket: Ticket) -> None:
    photo, ticket.photo = ticket.photo, None
    if photo is not None and not ticket.future.cancelled():
        ticket.frame = read(photo, ticket.model.metadata.input, ticket.arrival)
