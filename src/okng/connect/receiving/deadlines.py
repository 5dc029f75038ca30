"""Calls what is due, each at its time, in one thread."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

Call = Callable[[], None]


class Deadlines:
    """A thread that waits for the next deadline. To be used from any thread.

    What is called at its deadline finds out by itself whether it still matters: a part that was
    answered in time does nothing.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: list[tuple[int, int, Call]] = []
        self._order = itertools.count()  # two calls at one time are never compared
        self._open = True
        self._thread = threading.Thread(target=self._work, name="okng-deadlines", daemon=True)
        self._thread.start()

    def add(self, clock_ns: int, call: Call) -> None:
        """Call something at a time of `time.perf_counter_ns`; at once, if that is over."""
        with self._changed:
            heapq.heappush(self._calls, (clock_ns, next(self._order), call))
            self._changed.notify()

    def close(self) -> None:
        """End the thread; what is not due yet is never called."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while (call := self._next()) is not None:
            call()

    def _next(self) -> Call | None:
        """The next call, once it is due; None after the end."""
        with self._changed:
            while self._open:
                wait = self._seconds()
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._calls)[2]
                self._changed.wait(wait)
            return None

    def _seconds(self) -> float | None:
        if not self._calls:
            return None
        return (self._calls[0][0] - time.perf_counter_ns()) / 1e9
