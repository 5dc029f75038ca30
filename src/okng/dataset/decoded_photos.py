"""Decodes photos once into one array: in memory, or memory-mapped where it is too large."""

import math
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from okng import preprocess
from okng.files import write_error
from okng.preprocess import FULL_DEPTH, Array

_Number = TypeVar("_Number", bound=np.generic)


def load_photos(
    paths: Sequence[Path],
    size: int,
    *,
    workers: int | None = None,
    on_done: Callable[[], None] | None = None,
    memory_limit_gb: float = 4.0,
    depth: int = FULL_DEPTH,
    reduced_side: int = 0,
) -> Array:
    """Decode photos and resize them.

    Args:
        paths: the photos.
        size: height and width of the result, in pixels.
        workers: threads; as many as cores when left out.
        on_done: called after each photo.
        memory_limit_gb: a result larger than this, in GB (10^9 bytes), is memory-mapped from an
            unnamed file in the system's temporary folder, which vanishes with the array.
        depth: bits per channel of photos with more than 8 bits, as in `Dataset.depth`.
        reduced_side: shorter side that a JPEG keeps at least, see `preprocess.decode`.

    Returns:
        uint8 (N, size, size, 3), RGB.

    Raises:
        PhotoError: a photo vanished or changed since it was listed.
        OkngError: the temporary folder has no room for the array.
    """
    photos = allocate((len(paths), size, size, 3), np.uint8, memory_limit_gb)

    def load(index: int) -> None:
        photo = preprocess.read(paths[index], depth=depth, reduced_side=reduced_side)
        photos[index] = preprocess.shrink(photo, size)

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for _ in pool.map(load, range(len(paths))):
            if on_done:
                on_done()
    return photos


def allocate(
    shape: tuple[int, ...], kind: type[_Number], memory_limit_gb: float
) -> npt.NDArray[_Number]:
    """An empty array: in memory, or beyond the limit in an unnamed file that vanishes with it.

    Raises:
        OkngError: the temporary folder has no room for it.
    """
    size = math.prod(shape) * np.dtype(kind).itemsize
    if size <= memory_limit_gb * 1e9:
        return np.empty(shape, dtype=kind)
    with tempfile.TemporaryFile(prefix="okng-") as file:
        try:
            # Space is reserved now: a write to a mapped page on a full disk ends the process
            # (SIGBUS) and cannot be caught.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype=kind, mode="w+", shape=shape)
        except OSError as exc:
            raise write_error(exc, Path(tempfile.gettempdir())) from exc
