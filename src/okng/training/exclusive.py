"""One training at a time in a process, which leaves the process as it was.

torch's random state is one for all threads, and so is what its exporter patches: two trainings at
once would draw each other's numbers and end in errors of the exporter.
"""

import random
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from okng.events import Progress

_lock = threading.RLock()


@contextmanager
def alone(progress: Progress | None = None) -> Iterator[None]:
    """Wait until no other thread trains or exports, and give back random states and warnings.

    Args:
        progress: receives one sentence where there is something to wait for.
    """
    if not _lock.acquire(blocking=False):
        if progress is not None:
            progress.say("waits until another training in this process is done")
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
