"""SIGTERM ends a verb as Ctrl-C does: what is done so far stays, and the run can be resumed."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Terminated(KeyboardInterrupt):
    """The process was asked to end by SIGTERM, as by a service manager, `kill` or a container."""


@contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Raise `Terminated` on SIGTERM while the context lasts. Only the main thread gets signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
