"""Silences Pillow's warnings while any thread decodes: we refuse by our own rules."""

import contextlib
import threading
import warnings
from types import TracebackType


class _QuietPillow:
    """A context that many threads may be in at once.

    `warnings.catch_warnings` is not made for threads: left in another order than entered, it would
    leave its filter behind. So the first thread in sets it and the last one out removes it.
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
