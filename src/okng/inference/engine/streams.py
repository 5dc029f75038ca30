"""A source of photos that waits, such as a camera, taken ahead in a thread of its own."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from okng.inference.frames import Photo
from okng.inference.inspection import Inspection

AHEAD = 64
"""Photos of one stream whose inspections nobody has taken yet, at most."""


class Stream:
    """Inspections of a source in order; to be used in a `with` block.

    At its end the source is not asked for another photo, and photos that wait are cancelled.

    Args:
        source: taken in another thread, as far as there is room.
        submit: gives a photo to the engine; may wait.
    """

    def __init__(
        self, source: Iterable[Photo], submit: Callable[[Photo], Future[Inspection]]
    ) -> None:
        self._source, self._submit = source, submit
        self._room = threading.Semaphore(AHEAD)
        self._changed = threading.Condition()
        self._futures: deque[Future[Inspection]] = deque()
        self._reading = _Outcome(self._end)
        self._ended = self._stopped = False

    def __enter__(self) -> Self:
        """Start to take photos."""
        # A daemon: a source that waits for a camera must not keep the program from ending.
        threading.Thread(target=self._read, name="okng-source", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop to take photos."""
        with self._changed:
            self._stopped = True
            for future in self._futures:
                future.cancel()
        self._room.release()

    def __iter__(self) -> Iterator[Inspection]:
        """Each inspection as soon as it is there.

        Raises:
            Exception: what the source raised, after the photos before it.
        """
        while (future := self._next()) is not None:
            yield future.result()
            self._room.release()
        if self._reading.fault is not None:
            raise self._reading.fault

    def _next(self) -> Future[Inspection] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._futures or self._ended)
            return self._futures.popleft() if self._futures else None

    def _read(self) -> None:
        with self._reading:
            photos = iter(self._source)
            while self._room.acquire() and not self._stopped:
                # One photo per turn: room is checked before a photo is taken, not after.
                for photo in photos:
                    self._put(self._submit(photo))
                    break
                else:
                    return

    def _put(self, future: Future[Inspection]) -> None:
        with self._changed:
            if self._stopped:
                future.cancel()
            self._futures.append(future)
            self._changed.notify_all()

    def _end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()


class _Outcome:
    """Keeps what a block raises for another thread, which raises it again."""

    def __init__(self, then: Callable[[], None]) -> None:
        self.fault: BaseException | None = None
        self._then = then

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self.fault = value
        self._then()
        return True
