"""Faults that torch, onnxruntime and the system tell in their own words, told in those of okng."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch.multiprocessing.spawn import ProcessException

from okng.error_codes import Code
from okng.errors import TrainingError
from okng.onnx_runtime import SHORT_OF_MEMORY

_SHORT = (
    "out of memory",
    "not enough memory",
    "allocate memory",
    "unable to allocate",
    "bad allocation",
    "bad_alloc",
    "sigkill",  # how Linux ends a process for want of memory
)
_FOREIGN = (
    MemoryError,
    RuntimeError,
    ProcessException,
    *SHORT_OF_MEMORY,
)


@contextmanager
def in_own_words() -> Iterator[None]:
    """Tell of too little memory, and of a process that ended, as a `TrainingError`.

    Raises:
        TrainingError: in place of what was raised; other errors go through as they are.
    """
    try:
        yield
    except _FOREIGN as exc:
        told = too_little_memory(exc)
        if told is None and isinstance(exc, ProcessException):
            told = _of_process(exc)
        if told is None:
            raise
        raise told from exc


def too_little_memory(exc: BaseException) -> TrainingError | None:
    """The error to raise in place of one that comes from too little memory; None for others."""
    if not _is_short(exc):
        return None
    return TrainingError(
        "There is not enough memory for this training",
        where="training",
        hint="Close other programs and go on with `resume`, or train into another `out` with a "
        "smaller `data.image_size` or `training.batch_size`.",
        code=Code.TRAINING_MEMORY,
    )


def _is_short(exc: BaseException) -> bool:
    if isinstance(exc, MemoryError) or any(words in str(exc).lower() for words in _SHORT):
        return True
    return exc.__cause__ is not None and _is_short(exc.__cause__)


def _of_process(exc: ProcessException) -> TrainingError:
    """What one of several processes said in its end: its own error, or the last line of another."""
    text = str(exc).strip()
    _, own, said = text.rpartition("okng.errors.")
    if own:
        return TrainingError(
            said.partition(": ")[2],
            code=Code.TRAINING_PROCESS,
        )
    return TrainingError(
        f"A process of the training ended: {text.splitlines()[-1]}",
        where="`training.devices`",
        hint="Leave `training.devices` out to train in one process, which tells more.",
        code=Code.TRAINING_PROCESS,
    )
