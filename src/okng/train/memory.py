"""Keeps freed memory in the process, where the next batch finds it.

glibc gives large blocks back to the system at once, and each batch then waits for its pages to be
cleared anew: a sixth of the time of a training step (benchmarks/LOG.md). Elsewhere this does
nothing.
"""

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # names of glibc's mallopt
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Ask glibc to keep what is freed; whether it does."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    return bool(mallopt and mallopt(_MMAP_MAX, 0) and mallopt(_TRIM_THRESHOLD, _NEVER))
