"""Decodes photos once, into one array: in memory, or in a file where they are too many."""

import math
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from okng import preprocess
from okng.files import write_error
from okng.preprocess import Array


def load_photos(
    paths: Sequence[Path],
    size: int,
    *,
    workers: int | None = None,
    on_done: Callable[[], None] | None = None,
    memory_limit_gb: float = 4.0,
) -> Array:
    """Decode photos and resize them.

    Args:
        paths: the photos.
        size: height and width of the result, in pixels.
        workers: threads; as many as cores when left out.
        on_done: called after each photo.
        memory_limit_gb: a larger result is memory-mapped from an unnamed file in the system's
            temporary folder, which vanishes with the array.

    Returns:
        uint8 (N, size, size, 3), RGB.

    Raises:
        PhotoError: a photo vanished or changed since it was listed.
        OkngError: the temporary folder has no room for the array.
    """
    photos = _allocate((len(paths), size, size, 3), memory_limit_gb)

    def load(index: int) -> None:
        photos[index] = preprocess.shrink(preprocess.read(paths[index]), size)

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for _ in pool.map(load, range(len(paths))):
            if on_done:
                on_done()
    return photos


def _allocate(shape: tuple[int, ...], memory_limit_gb: float) -> Array:
    size = math.prod(shape)
    if size <= memory_limit_gb * 1e9:
        return np.empty(shape, dtype=np.uint8)
    with tempfile.TemporaryFile(prefix="okng-") as file:
        try:
            # Room is claimed now: writing to a mapped page that finds none would end the process.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype=np.uint8, mode="w+", shape=shape)
        except OSError as exc:
            raise write_error(exc, Path(tempfile.gettempdir())) from exc
