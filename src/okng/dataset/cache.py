"""Decodes photos once, into one array: in memory, or in a file where they are too many."""

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from okng import preprocess
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
    if np.prod(shape, dtype=np.int64) <= memory_limit_gb * 1e9:
        return np.empty(shape, dtype=np.uint8)
    with tempfile.TemporaryFile(prefix="okng-") as file:
        return np.memmap(file, dtype=np.uint8, mode="w+", shape=shape)
