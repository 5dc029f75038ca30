"""A model that judges the same photos and does not decide."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from okng.inference import Inspection
from okng.inference.engine import InspectionEngine
from okng.records import InspectionRow
from okng.station.judging.requests import PhotoRequest

WAITING = 64
"""Photos that wait for the shadow, at most; beyond, the oldest ones are left out and counted."""
_LAST = 19  # niceness: the shadow computes with what the live model leaves

Inspected = Callable[[str, Inspection, PhotoRequest, InspectionRow], None]
"""Called with the name and the inspection of the shadow, what was asked, and the live row."""


class _Waiting(NamedTuple):
    request: PhotoRequest
    live: InspectionRow


class Shadow:
    """Judges photos after their live verdicts were answered, in a thread of low priority.

    Args:
        engine: open, with one thread.
        done: called in the thread of the shadow.
    """

    def __init__(self, engine: InspectionEngine, done: Inspected) -> None:
        self.engine, self._done = engine, done
        self.left_out = 0
        self._changed = threading.Condition()
        self._photos: deque[_Waiting] = deque()
        self._open = True
        self._thread = threading.Thread(target=self._work, name="okng-shadow", daemon=True)
        self._thread.start()

    def take(self, request: PhotoRequest, live: InspectionRow) -> None:
        """Judge a photo later; returns at once."""
        with self._changed:
            if len(self._photos) >= WAITING:
                # the oldest: a shadow that is too slow judges the latest photos
                self._photos.popleft()
                self.left_out += 1
            self._photos.append(_Waiting(request, live))
            self._changed.notify()

    def close(self) -> None:
        """Judge what waits, and end."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()
        self.engine.close()

    def _work(self) -> None:
        # nice 19 of this thread: a shadow never takes time from the line
        if sys.platform == "linux":  # elsewhere a priority is that of the whole process
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LAST)
        while (waiting := self._next()) is not None:
            inspection = self.engine.inspect(waiting.request.photo)
            name = self.engine.metadata.name
            self._done(name, inspection, waiting.request, waiting.live)

    def _next(self) -> _Waiting | None:
        with self._changed:
            self._changed.wait_for(lambda: self._photos or not self._open)
            return self._photos.popleft() if self._photos else None


class ShadowSlot:
    """The shadow of a station, or none.

    Args:
        done: see `Shadow`.
    """

    def __init__(self, done: Inspected) -> None:
        self._done = done
        self._lock = threading.Lock()
        self._shadow: Shadow | None = None

    @property
    def engine(self) -> InspectionEngine | None:
        """Of the shadow; None without one."""
        shadow = self._shadow
        return None if shadow is None else shadow.engine

    @property
    def left_out(self) -> int:
        """Photos that the present shadow did not judge, since too many waited."""
        shadow = self._shadow
        return 0 if shadow is None else shadow.left_out

    def take(self, request: PhotoRequest, live: InspectionRow) -> None:
        """Judge a photo later, if there is a shadow."""
        shadow = self._shadow
        if shadow is not None:
            shadow.take(request, live)

    def swap(self, engine: InspectionEngine | None) -> None:
        """Take another shadow, or none; the one before judges what it has, and is closed."""
        with self._lock:
            before = self._shadow
            self._shadow = None if engine is None else Shadow(engine, self._done)
        if before is not None:  # without the lock: it waits for the photo in work
            before.close()

    def close(self) -> None:
        """End the shadow."""
        self.swap(None)
