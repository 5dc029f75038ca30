"""Collects frames that wait for a session into batches.

A session that is free takes what is there, as Triton's batcher does without a queue delay: nothing
waits for a batch to fill unless a photo was submitted with `max_wait`.
"""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from okng.inference.engine.loaded import LoadedModel
from okng.inference.engine.read_ahead import BATCH_PIXELS
from okng.inference.frames import Arrival, Frame, Photo, ReadError
from okng.inference.inspection import Inspection

_SHARE = 4
"""Photos of a batch that shares the cores with others, at most: twice as many are 2 % faster, and
take 60 MB more on two cores."""
_NICE = 3
"""Added for threads that inspect (`man 7 sched`): half the weight of the others."""

Seen = Callable[[Frame, Inspection], None]
"""Gets the pixels that the network was given, and what it made of them."""


@dataclass(eq=False, slots=True)
class Ticket:
    """A photo in flight.

    Attributes:
        photo: as it was submitted; None once it was read.
        pixels: what it counts in the budget.
        model: the one that was loaded when it was submitted, which inspects it.
        heatmap: whether heatmap and evidence are wanted.
        due: when it no longer waits for others, on the clock of `time.monotonic`.
        arrival: when it was submitted.
        frame: the photo once it was read.
        seen: gets frame and inspection before the result is set; it must return at once.
        future: its result.
    """

    photo: Photo | None
    pixels: int
    model: LoadedModel
    heatmap: bool
    due: float
    arrival: Arrival = field(default_factory=Arrival.now)
    frame: Frame | ReadError | None = None
    seen: Seen | None = None
    future: Future[Inspection] = field(default_factory=Future)

    def fits(self, other: "Ticket") -> bool:
        """Whether two frames can be inspected in one batch."""
        mine, others = self.frame, other.frame
        return (
            isinstance(mine, Frame)
            and isinstance(others, Frame)
            and (self.model, self.heatmap) == (other.model, other.heatmap)
            and mine.pixels.shape == others.pixels.shape
        )


class Batcher:
    """Inspects tickets in batches, in threads of its own.

    Args:
        workers: batches that are inspected at the same time.
        settle: called once for every ticket when its result is set.
        shares: whether batches that are inspected at the same time share the threads, where one
            alone gets all of them. Else each has a session of its own.
    """

    def __init__(
        self, workers: int, settle: Callable[[Ticket], None], *, shares: bool = False
    ) -> None:
        self._most, self._settle, self._shares = workers, settle, shares
        # A run with a thread per core is fast only from the same thread each time: the threads of
        # the session are bound to the other cores (21 ms a photo in place of 12 from two threads).
        self._first = ThreadPoolExecutor(1, "okng-session", initializer=_stand_back)
        self._others = ThreadPoolExecutor(max(1, workers - 1), "okng-more", initializer=_stand_back)
        self._first_is_free = True
        self._changed = threading.Condition()
        self._ready: deque[Ticket] = deque()
        self._busy = 0  # workers that were started
        self._running = 0  # batches that a session inspects

    @property
    def waiting(self) -> int:
        """Photos that are read and wait for a session."""
        with self._changed:
            return len(self._ready)

    def push(self, ticket: Ticket) -> None:
        """Take a ticket whose photo was read."""
        with self._changed:
            self._ready.append(ticket)
            self._changed.notify_all()
            self._start()

    def wake(self) -> None:
        """Drop cancelled tickets at once, whether or not they may still wait for others."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """End the threads, after the batches that they inspect."""
        self._first.shutdown(wait=True)
        self._others.shutdown(wait=True)

    def _start(self) -> None:
        """Wake a worker where one is free; with the lock."""
        if self._ready and self._busy < self._most:
            self._busy += 1
            # Filled by the worker; shared, so that its tickets fail with it and are let go after.
            batch: list[Ticket] = []
            is_first, self._first_is_free = self._first_is_free, False
            pool = self._first if is_first else self._others
            work = pool.submit(self._work, batch, is_first=is_first)
            work.add_done_callback(partial(self._after, batch, is_first=is_first))

    def _work(self, batch: list[Ticket], *, is_first: bool) -> None:
        if not self._collect(batch):
            return
        with self._inspecting(is_first=is_first) as others:
            # From here on a future cannot be cancelled: what is cancelled by now never runs.
            running = [t for t in batch if t.future.set_running_or_notify_cancel()]
            # All threads are for a photo alone; several are done sooner on a core each.
            parallel = self._shares and (others or len(running) > 1 or not is_first)
            inspections = _inspect(running, parallel=parallel)
        for ticket, inspection in zip(running, inspections, strict=True):
            if ticket.seen is not None and isinstance(ticket.frame, Frame):
                ticket.seen(ticket.frame, inspection)
            ticket.future.set_result(inspection)

    def _collect(self, batch: list[Ticket]) -> bool:
        """Move a batch out of the queue, once it is full or its first photo is due.

        Returns:
            Whether there is one; it counts as running from then on.
        """
        with self._changed:
            while self._ready:
                chosen = self._alike()
                wait = chosen[0].due - time.monotonic()
                if wait <= 0 or chosen[0].future.cancelled() or len(chosen) >= _most(chosen[0]):
                    batch += chosen[: self._share(len(chosen))]
                    for ticket in batch:
                        self._ready.remove(ticket)
                    self._running += 1
                    return True
                self._changed.wait(wait)  # seconds, or until `push` adds a photo
        return False

    def _share(self, waiting: int) -> int:
        """Photos of a batch, where other cores are free to take the others; with the lock."""
        if not self._shares:
            return waiting
        return min(_SHARE, -(-waiting // (self._most - self._running)))

    @contextmanager
    def _inspecting(self, *, is_first: bool) -> Iterator[bool]:
        """Whether other photos are inspected meanwhile, or wait for it.

        Ends before results are set: who has one may submit the next photo, which is alone then.
        """
        with self._changed:
            others = self._running > 1 or bool(self._ready)
        try:
            yield others
        finally:
            with self._changed:
                self._running -= 1
                self._first_is_free |= is_first

    def _alike(self) -> list[Ticket]:
        """The photo that is due first, and others that fit to it."""
        first = min(self._ready, key=lambda ticket: ticket.due)
        others = [t for t in self._ready if t is not first and t.fits(first)]
        return [first, *others[: _most(first) - 1]]

    def _after(self, batch: list[Ticket], work: Future[None], *, is_first: bool) -> None:
        fault = work.exception()
        for ticket in batch:
            if fault is not None and not ticket.future.done():
                ticket.future.set_exception(fault)
            ticket.frame = None  # the future may live on; the pixels must not
            self._settle(ticket)
        with self._changed:
            self._busy -= 1
            if is_first and not self._busy:  # also where nothing was left to inspect
                self._first_is_free = True
            self._start()


def _inspect(tickets: Sequence[Ticket], *, parallel: bool) -> list[Inspection]:
    if not tickets:
        return []
    first = tickets[0]
    photos = [ticket.frame for ticket in tickets if ticket.frame is not None]
    return first.model.inspect(photos, heatmap=first.heatmap, parallel=parallel)


def _most(ticket: Ticket) -> int:
    """Photos of this size in one batch, at most."""
    frame = ticket.frame
    if not isinstance(frame, Frame):
        return 1
    return max(1, min(ticket.model.at_once, BATCH_PIXELS // max(1, frame.held)))


def _stand_back() -> None:
    """Give the threads that take and answer requests the cores first; they need a tenth of them.

    Else they wait for a core with the interpreter in their hands, and all threads wait for them.
    """
    if sys.platform == "linux":  # elsewhere a priority is that of a whole process
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICE)
