"""okng.memory: what was freed does not stay with the process."""

import os
import platform
from pathlib import Path

import pytest

from okng.memory import give_back_freed_memory, keep_freed_memory


def _resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_small_blocks_between_others_are_given_back() -> None:
    """A heap full of holes shrinks."""
    blocks = [bytearray(30_000) for _ in range(6_000)]
    full = _resident()
    kept = blocks[::50]
    del blocks

    assert give_back_freed_memory()
    assert full - _resident() > 100_000_000
    assert len(kept) == 120


def test_asking_for_freed_memory_is_harmless() -> None:
    """It answers, on every system."""
    assert keep_freed_memory() in {True, False}
