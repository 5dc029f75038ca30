"""Photos in any form -> pixels, read ahead in threads, in batches that bound memory."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng import preprocess
from okng.errors import PhotoError

Array = npt.NDArray[np.uint8]
Photo = str | Path | bytes | Image.Image | npt.NDArray[np.generic]
"""A path, the bytes of an image file, a Pillow image, or an array (H, W) or (H, W, 3 or 4).

Arrays are grey, RGB or RGBA: uint8, or uint16, int32 or float as a deep photo has them.
"""

BATCH = 8
"""Photos that are judged at once, at most."""
BATCH_PIXELS = 16_000_000
"""Pixels of one batch together: its float copies in the network take about 25 bytes a pixel."""
WAITING = 16
"""Photos that are read ahead, at most."""
WAITING_PIXELS = 16_000_000
"""Pixels of all photos that are read ahead; a larger photo is read when its turn has come."""


class Read(NamedTuple):
    """A photo that was read.

    Attributes:
        path: of the file; empty for a photo that came without one.
        pixels: uint8 (H, W, 3), or None.
        error: why it has no pixels, or empty.
    """

    path: str
    pixels: Array | None
    error: str = ""


def batches(
    photos: Iterable[Photo], pool: ThreadPoolExecutor, most: int, depth: int = 16
) -> Iterator[list[Read]]:
    """Runs of photos of the same size, in order; an unreadable one is a batch of its own.

    Args:
        photos: taken one after the other, a little ahead of the batches. A batch is emptied when
            the next one is asked for.
        pool: reads them.
        most: photos in a batch, at most.
        depth: bits of photos with more than 8, see `okng.preprocess.decode`.
    """
    queue = _Queue(iter(photos), pool, depth)
    batch: list[Read] = []
    while queue.move_to(batch):
        while len(batch) < most and queue.fits(batch):
            queue.move_to(batch)
        queue.fill()
        yield batch
        batch.clear()  # before the next photo is decoded, whoever still holds the list


def stacked(batch: list[Read]) -> Array:
    """The pixels of a batch, uint8 (N, H, W, 3); one photo alone is not copied."""
    if len(batch) == 1 and batch[0].pixels is not None:
        return batch[0].pixels[None]
    return np.stack([photo.pixels for photo in batch if photo.pixels is not None])


class _Held(NamedTuple):
    """The photo whose turn comes next, and its size before it is read."""

    photo: Photo
    pixels: int


class _Queue:
    """Photos that wait to be judged; what they hold decoded stays within `WAITING_PIXELS`."""

    def __init__(self, photos: Iterator[Photo], pool: ThreadPoolExecutor, depth: int) -> None:
        self._photos, self._pool, self._depth = photos, pool, depth
        self._held: _Held | None = None
        self._waiting: deque[tuple[int, Future[Read]]] = deque()
        self._pixels = 0

    def move_to(self, batch: list[Read]) -> bool:
        """Add the next photo to a batch; False at the end."""
        self.fill()
        if not self._waiting and not self._submit():
            return False
        pixels, future = self._waiting.popleft()
        self._pixels -= pixels
        batch.append(future.result())
        return True

    def fits(self, batch: list[Read]) -> bool:
        """Whether the next photo is one that can join a batch; waits only for one read ahead."""
        first = batch[0].pixels
        if first is None:
            return False
        self.fill()
        if not self._waiting or (len(batch) + 1) * first[..., 0].size > BATCH_PIXELS:
            return False
        pixels = self._waiting[0][1].result().pixels
        return pixels is not None and pixels.shape == first.shape

    def fill(self) -> None:
        """Read ahead as far as there is room."""
        while len(self._waiting) < WAITING and (held := self._peek()) is not None:
            if self._pixels + held.pixels > WAITING_PIXELS:
                return
            self._submit()

    def _peek(self) -> _Held | None:
        if self._held is None:
            for photo in self._photos:
                self._held = _Held(photo, _pixel_count(photo))
                break
        return self._held

    def _submit(self) -> bool:
        held = self._peek()
        if held is None:
            return False
        self._held = None
        self._waiting.append((held.pixels, self._pool.submit(read, held.photo, self._depth)))
        self._pixels += held.pixels
        return True


def _pixel_count(photo: Photo) -> int:
    """Before it is read; one that cannot be sized counts as too large to be read ahead."""
    if isinstance(photo, np.ndarray):
        return int(np.prod(photo.shape[:2]))
    if isinstance(photo, Image.Image):
        return photo.width * photo.height
    size = preprocess.pixel_count(photo)
    return WAITING_PIXELS + 1 if size is None else size


def read(photo: Photo, depth: int = 16) -> Read:
    """One photo, read at once in this thread; `depth` as in `batches`."""
    name = str(photo) if isinstance(photo, str | Path) else ""
    try:
        return Read(name, _pixels(photo, depth))
    except PhotoError as exc:
        return Read(name, None, exc.what)


def _pixels(photo: Photo, depth: int) -> Array:
    if isinstance(photo, str | Path):
        return preprocess.read(photo, depth=depth)
    if isinstance(photo, bytes):
        return preprocess.decode(photo, depth=depth)
    if isinstance(photo, Image.Image):
        return preprocess.from_image(photo, depth=depth)
    if not isinstance(photo, np.ndarray):
        raise TypeError(f"{type(photo).__name__} is not a photo; see okng.inference.Photo")
    return preprocess.from_array(photo, depth=depth)
