"""Reads photos ahead in threads and gives them in batches, within bounds of memory."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, ParamSpec, TypeVar

import numpy as np

from okng.errors import EngineClosedError
from okng.inference.frames import Array, Frame, Photo, ReadError, pixel_count

BATCH = 8
"""Photos that are inspected at once, at most."""
BATCH_PIXELS = 16_000_000
"""Pixels of one batch together: its float copies in the network take about 25 bytes a pixel."""
WAITING = 16
"""Photos that are read ahead, at most."""
WAITING_PIXELS = 64_000_000
"""Pixels of all photos that are read ahead, as they are decoded: one of 48 megapixels, five of 12.
Decoding takes 3 bytes a pixel for a JPEG and 7 for others. A larger photo is read when its turn has
come."""

Read = Callable[[Photo], Frame | ReadError]
"""Reads one photo."""
Size = Callable[[Photo], int | None]
"""Gives the pixels that a photo has while it is decoded; None where its header does not."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Readers(ThreadPoolExecutor):
    """Threads that read and decode photos; each is started when it is first needed.

    Args:
        threads: how many.
        name: of them.
    """

    def __init__(self, threads: int, name: str = "okng-reader") -> None:
        super().__init__(threads, name)
        self._ended = False

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run a function in one of the threads.

        Raises:
            EngineClosedError: they have ended.
        """
        try:
            return super().submit(fn, *args, **kwargs)
        except RuntimeError as exc:
            if self._ended:
                raise closed() from exc
            raise

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads, after what they read."""
        self._ended = True
        super().shutdown(wait, cancel_futures=cancel_futures)


def closed() -> EngineClosedError:
    """The error of an engine that is not open."""
    return EngineClosedError(
        "The engine is not open", hint="Use it in a with block, or call open() first."
    )


Batch = list[Frame] | list[ReadError]
"""Frames of one size, or one photo that could not be read."""


def batches(
    photos: Iterable[Photo], pool: Readers, most: int, read: Read, size: Size = pixel_count
) -> Generator[Batch, None, None]:
    """Runs of photos of the same size, in order; an unreadable one is a batch of its own.

    Closing the generator stops the reading: photos that wait to be read are dropped.

    Args:
        photos: taken one after the other, a little ahead of the batches. A batch is emptied when
            the next one is asked for.
        pool: reads them.
        most: photos in a batch, at most.
        read: reads one photo; called in the threads of the pool.
        size: gives the pixels of a photo before that.
    """
    queue = _Queue(iter(photos), pool, read, size)
    try:
        while batch := queue.batch(most):
            queue.fill()
            yield batch
            batch.clear()  # before the next photo is decoded, whoever still holds the list
    finally:
        queue.drop()


def stacked(frames: Sequence[Frame]) -> Array:
    """The pixels of frames of one size, uint8 (N, H, W, 3); one frame alone is not copied."""
    if len(frames) == 1:
        return frames[0].pixels[None]
    return np.stack([frame.pixels for frame in frames])


class _Held(NamedTuple):
    """The photo whose turn comes next, and its size before it is read."""

    photo: Photo
    pixels: int


class _Ahead(NamedTuple):
    """A photo that is read ahead, and its size."""

    pixels: int
    reading: Future[Frame | ReadError]

    @property
    def held(self) -> int:
        """Pixels that it holds, or will hold while it is decoded."""
        if not self.reading.done():
            return self.pixels
        read = None if self.reading.exception() else self.reading.result()
        return read.held if isinstance(read, Frame) else 0


class _Queue:
    """Photos that wait to be inspected; what they hold decoded stays within `WAITING_PIXELS`."""

    def __init__(self, photos: Iterator[Photo], pool: Readers, read: Read, size: Size) -> None:
        self._photos, self._pool, self._read, self._size = photos, pool, read, size
        self._held: _Held | None = None
        self._waiting: deque[_Ahead] = deque()

    def batch(self, most: int) -> Batch:
        """The next photos of one size, at most so many; empty at the end."""
        first = self._next()
        if first is None:
            return []
        if isinstance(first, ReadError):
            return [first]
        frames = [first]
        while len(frames) < most and (following := self._next_like(frames)) is not None:
            frames.append(following)
        return frames

    def _next(self) -> Frame | ReadError | None:
        self.fill()
        if not self._waiting and not self._submit():
            return None
        try:
            return self._waiting[0].reading.result()
        finally:
            self._waiting.popleft()  # not before: until then it is in memory

    def _next_like(self, frames: list[Frame]) -> Frame | None:
        """The next photo where it has the same size; waits only for one that is read ahead."""
        self.fill()
        first = frames[0]
        if not self._waiting or (len(frames) + 1) * first.held > BATCH_PIXELS:
            return None
        following = self._waiting[0].reading.result()
        if isinstance(following, ReadError) or following.pixels.shape != first.pixels.shape:
            return None
        self._next()
        return following

    def drop(self) -> None:
        """Let go of what waits; a photo that is being read is read to its end."""
        while self._waiting:
            self._waiting.popleft().reading.cancel()

    def fill(self) -> None:
        """Read ahead as far as there is room."""
        while len(self._waiting) < WAITING and (held := self._peek()) is not None:
            if sum(ahead.held for ahead in self._waiting) + held.pixels > WAITING_PIXELS:
                return
            self._submit()

    def _peek(self) -> _Held | None:
        if self._held is None:
            for photo in self._photos:
                size = self._size(photo)
                # One that cannot be sized counts as too large to be read ahead.
                self._held = _Held(photo, WAITING_PIXELS + 1 if size is None else size)
                break
        return self._held

    def _submit(self) -> bool:
        held = self._peek()
        if held is None:
            return False
        self._held = None
        self._waiting.append(_Ahead(held.pixels, self._pool.submit(self._read, held.photo)))
        return True
