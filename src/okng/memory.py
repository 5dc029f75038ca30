"""Controls how glibc handles freed memory. Without glibc these functions do nothing."""

import ctypes
import sys
from typing import Any

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # parameter numbers of mallopt, from malloc.h
_NEVER = 2**31 - 1  # bytes: the largest int, so the heap is never trimmed


def keep_freed_memory() -> bool:
    """Make glibc keep freed memory in the process for reuse; returns whether that succeeded.

    By default glibc returns large blocks to the system at once, and the pages of each batch are
    cleared again: a sixth of the time of a training step (benchmarks/training/LOG.md).
    """
    mallopt = _function("mallopt")
    return bool(mallopt and mallopt(_MMAP_MAX, 0) and mallopt(_TRIM_THRESHOLD, _NEVER))


def give_back_freed_memory() -> bool:
    """Make glibc return freed memory to the system; returns whether it did.

    The lists of a large index are in the heap between blocks that stay in use. Without trimming,
    the process would keep this memory after it is freed, and the next stage would add its own.
    """
    trim = _function("malloc_trim")
    return bool(trim and trim(0))


def _function(name: str) -> Any:
    """A function of the C library, or None: musl has neither of the two."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
