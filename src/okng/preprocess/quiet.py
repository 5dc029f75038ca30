"""Suppresses Pillow's warnings while any thread decodes: okng checks sizes by its own rules."""

import contextlib
import threading
import warnings
from types import TracebackType


class _QuietPillow:
    """A context that several threads may enter at the same time.

    `warnings.catch_warnings` is not thread-safe: if contexts end in another order than they began,
    a filter stays. So the first thread to enter sets it, and the last one to leave removes it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = 0
        self._filters = contextlib.ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if self._threads == 0:
                self._filters.enter_context(warnings.catch_warnings())
                warnings.filterwarnings("ignore", module=r"PIL\.")
            self._threads += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._threads -= 1
            if self._threads == 0:
                self._filters.close()


quiet_pillow = _QuietPillow()
