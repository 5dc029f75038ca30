"""Who is called when a verdict is on record: streams of events, pages, metrics."""

import threading
from collections.abc import Callable

from okng.records import InspectionRow

Listener = Callable[[InspectionRow], None]
"""Gets each row; must return at once, since the next answer waits for it."""


class Listeners:
    """Calls whoever asked for it, in the thread that put the row on record."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> Callable[[], None]:
        """Call a listener from now on, until what this returns is called."""
        with self._lock:
            self._all = (*self._all, listener)
        return lambda: self._remove(listener)

    def __call__(self, row: InspectionRow) -> None:
        """Call all of them."""
        for listener in self._all:
            listener(row)

    def _remove(self, listener: Listener) -> None:
        with self._lock:
            self._all = tuple(each for each in self._all if each is not listener)
