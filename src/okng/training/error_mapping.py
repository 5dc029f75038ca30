"""Translates exceptions of torch, onnxruntime and the operating system into errors of okng."""

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
    "sigkill",  # how Linux ends a process when memory runs out
)
_FOREIGN = (
    MemoryError,
    RuntimeError,
    ProcessException,
    *SHORT_OF_MEMORY,
)


@contextmanager
def mapped_errors() -> Iterator[None]:
    """Translate too little memory, and a worker process that ended, into a `TrainingError`.

    Raises:
        TrainingError: in place of what was raised; other errors go through as they are.
    """
    try:
        yield
    except _FOREIGN as exc:
        error = too_little_memory(exc)
        if error is None and isinstance(exc, ProcessException):
            error = _of_process(exc)
        if error is None:
            raise
        raise error from exc


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
    """The error that ended a worker process: an okng error as it is, of others the last line."""
    text = str(exc).strip()
    _, own, message = text.rpartition("okng.errors.")
    if own:
        return TrainingError(
            message.partition(": ")[2],
            code=Code.TRAINING_PROCESS,
        )
    return TrainingError(
        f"A process of the training ended: {text.splitlines()[-1]}",
        where="`training.devices`",
        hint="Leave `training.devices` out to train in one process, which tells more.",
        code=Code.TRAINING_PROCESS,
    )
