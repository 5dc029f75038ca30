"""One training at a time in a process; random states and warnings are restored afterwards.

All threads share torch's random state and what its exporter patches: two trainings at once would
draw each other's random numbers and end in errors of the exporter.
"""

import random
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from okng.events import Progress
from okng.wording import mark

_lock = threading.RLock()


@contextmanager
def alone(progress: Progress | None = None) -> Iterator[None]:
    """Wait until no other thread trains or exports; restore random states and warnings after it.

    Args:
        progress: receives one sentence where another training is running.
    """
    if not _lock.acquire(blocking=False):
        if progress is not None:
            progress.say(mark("waits until another training in this process is done"))
        _lock.acquire()
    try:
        with _as_before():
            yield
    finally:
        _lock.release()


@contextmanager
def _as_before() -> Iterator[None]:
    plain, arrays = random.getstate(), np.random.get_state()  # noqa: NPY002 - that of the caller
    devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
    try:
        with torch.random.fork_rng(devices), warnings.catch_warnings():
            yield
    finally:
        random.setstate(plain)
        np.random.set_state(arrays)  # noqa: NPY002
