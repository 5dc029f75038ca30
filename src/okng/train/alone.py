"""One training at a time in a process, which leaves the process as it was.

torch's random state is one for all threads, and so is what its exporter patches: two trainings at
once would draw each other's numbers and end in errors of the exporter.
"""

import multiprocessing
import os
import random
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from okng.errors import ConfigError
from okng.progress import Progress

_lock = threading.RLock()
_ASKED = "OKNG_TRIES_MAIN"
_TRAINED_AGAIN = 73  # exit code of a trial process whose import of the main script began to train


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


def refuse_in_a_starting_process() -> None:
    """Refuse to train in a process that was started by a training and still imports its script.

    Raises:
        ConfigError: the script trains whenever it is imported.
    """
    # The name is multiprocessing's own, by which it refuses to start processes there.
    if not getattr(multiprocessing.current_process(), "_inheriting", False):
        return
    if os.environ.get(_ASKED):
        raise SystemExit(_TRAINED_AGAIN)
    raise _unguarded()


def check_main() -> None:
    """Start a process that does nothing, as a training on several devices starts its own.

    Each of them imports the main script first. One that trains without asking whether it is the
    main program would train again in each of them, and the first process would wait for ever.

    Raises:
        ConfigError: the script trains whenever it is imported, or cannot be imported.
    """
    process = multiprocessing.get_context("spawn").Process(target=_nothing)
    os.environ[_ASKED] = "1"
    try:
        process.start()
    finally:
        del os.environ[_ASKED]
    process.join()
    if process.exitcode:
        raise _unguarded()


def _nothing() -> None:
    pass


def _unguarded() -> ConfigError:
    return ConfigError(
        "Training on several devices starts processes that import your script, which would train "
        "again in each of them",
        where="devices",
        allowed='a script that trains below `if __name__ == "__main__":`',
        hint='Put the call of okng.train below `if __name__ == "__main__":`, or train with '
        "devices=1.",
    )
