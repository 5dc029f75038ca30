"""Calls from other threads into an event loop: many at once wake it once."""

import asyncio
import contextlib
import threading
import weakref
from collections import deque
from collections.abc import Callable

Call = Callable[[], None]


class Wakes:
    """Hands calls to an event loop, from any thread, in their order.

    A commit answers many photos. With `call_soon_threadsafe` alone each of them writes a byte to
    the loop's socket, and gives the interpreter away for it.

    Args:
        loop: that runs the calls.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = weakref.ref(loop)
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque()
        self._woken = False

    def call(self, call: Call) -> None:
        """Run a call in the loop soon; nothing happens once the loop is closed."""
        loop = self._loop()
        if loop is None or loop.is_closed():
            return
        with self._lock:
            self._calls.append(call)
            wakes, self._woken = not self._woken, True
        if wakes:
            with contextlib.suppress(RuntimeError):  # it was closed meanwhile
                loop.call_soon_threadsafe(self._run)

    def _run(self) -> None:
        with self._lock:
            calls, self._calls, self._woken = self._calls, deque(), False
        for call in calls:
            call()


_all: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Wakes]" = weakref.WeakKeyDictionary()


def wakes_of(loop: asyncio.AbstractEventLoop) -> Wakes:
    """The wakes of a loop; to be called in the thread of the loop."""
    wakes = _all.get(loop)
    if wakes is None:
        wakes = _all[loop] = Wakes(loop)
    return wakes
