"""What becomes of memory that the process has freed, under glibc. Elsewhere this does nothing."""

import ctypes
import sys
from typing import Any

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # names of glibc's mallopt
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Ask glibc to keep what is freed, where the next batch finds it; whether it does.

    It gives large blocks back to the system at once, and each batch then waits for its pages to be
    cleared anew: a sixth of the time of a training step (benchmarks/training/LOG.md).
    """
    mallopt = _function("mallopt")
    return bool(mallopt and mallopt(_MMAP_MAX, 0) and mallopt(_TRIM_THRESHOLD, _NEVER))


def give_back_freed_memory() -> bool:
    """Ask glibc to give back what is freed; whether it did.

    The lists of a large index lie in the heap between things that stay. Freed, they would stay with
    the process, and the next stage would take its memory beside them.
    """
    trim = _function("malloc_trim")
    return bool(trim and trim(0))


def _function(name: str) -> Any:
    """One of the C library's, or None: musl has none of these."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
