"""Processes that a training starts, and the script that each of them imports first.

A script that trains whenever it is imported would train again in each of them, and the first
process would wait for ever. This module loads nothing heavy, so that the question is quick.
"""

import multiprocessing
import os
from typing import Any, NoReturn

from okng.error_codes import Code
from okng.errors import ConfigError

TRIAL = "OKNG_TRIES_MAIN"
"""Set in a process that imports the main script and does nothing else."""
_TRAINED_AGAIN = 73  # exit code of such a process whose script began to train


def trains_again(*_: Any, **__: Any) -> NoReturn:
    """Stands for okng.train in such a process: the script calls it, so it has no guard."""
    raise SystemExit(_TRAINED_AGAIN)


def refuse_in_a_starting_process() -> None:
    """Refuse to train in a process that was started by a training and still imports its script.

    Raises:
        ConfigError: the script trains whenever it is imported.
    """
    # The name is multiprocessing's own, by which it refuses to start processes there.
    if not getattr(multiprocessing.current_process(), "_inheriting", False):
        return
    if os.environ.get(TRIAL):
        trains_again()
    raise _unguarded()


def check_main() -> None:
    """Start a process that does nothing, as a training on several devices starts its own.

    Raises:
        ConfigError: the script trains whenever it is imported, or cannot be imported.
    """
    process = multiprocessing.get_context("spawn").Process(target=_nothing)
    os.environ[TRIAL] = "1"
    try:
        process.start()
    finally:
        del os.environ[TRIAL]
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
        code=Code.TRAINING_UNGUARDED,
    )
