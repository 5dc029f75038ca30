"""Who is called after a commit: what delivers rows to somebody else."""

import logging
import threading
from collections.abc import Callable, Sequence

from okng.records.rows import Link
from okng.records.writing.writer import Committed

_LOG = logging.getLogger(__name__)


class Watchers:
    """Calls whoever asked for it, in the thread that has committed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: tuple[Committed, ...] = ()

    def add(self, watcher: Committed) -> Callable[[], None]:
        """Call a watcher from now on, until what this returns is called."""
        with self._lock:
            self._all = (*self._all, watcher)
        return lambda: self._remove(watcher)

    def __call__(self, heads: Sequence[Link]) -> None:
        """Call all of them."""
        for watcher in self._all:
            try:
                watcher(heads)
            except Exception:  # noqa: BLE001 - the rows are written, whatever becomes of a watcher
                _LOG.exception("After a commit")

    def _remove(self, watcher: Committed) -> None:
        with self._lock:
            self._all = tuple(each for each in self._all if each is not watcher)
