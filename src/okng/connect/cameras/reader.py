"""A thread that reads a running camera, so that a photo is never one that waited in a buffer.

Cameras that run by themselves fill buffers. Whoever reads one frame when it is needed gets the
oldest one. Here every frame is taken out at once, and only the one that is asked for is decoded.
"""

import statistics
import time
from collections import deque
from threading import Condition, Thread
from typing import Protocol

from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

_INTERVALS = 31  # enough for a median that a stall does not move
_EARLY, _LATE = 0.5, 1.4  # gaps, in periods, between frames that did not wait
_JOIN_S = 2.0  # a driver may hang for longer; its thread then lets go by itself


class FrameStream(Protocol):
    """A running camera. Used by the thread of its reader alone."""

    def grab(self) -> None:
        """Wait for the next frame.

        Raises:
            ConnectError: there is none any more.
        """

    def retrieve(self) -> Array:
        """The frame that `grab` took: uint8 (H, W, 3), RGB, no view of memory that changes.

        Raises:
            ConnectError: it is damaged.
        """

    def release(self) -> None:
        """Let the camera go."""


class Arrivals:
    """When frames arrived.

    A frame that comes late has waited: the network stood still, or this thread did. So have those
    right behind it. After them frames come at their period again.
    """

    def __init__(self) -> None:
        self.count = 0
        self._last = 0.0
        self._gap = 0.0
        self._gaps: deque[float] = deque(maxlen=_INTERVALS)

    @property
    def period_s(self) -> float:
        """Median time between two frames; 0 before the second one."""
        return statistics.median(self._gaps) if self._gaps else 0.0

    def is_steady(self, latency_s: float | None) -> bool:
        """Whether the last frame came about one period after the one before.

        Args:
            latency_s: of a network stream, whose frames come less evenly; None for a camera that is
                attached to this machine.
        """
        period_s = self.period_s
        longest_s = _LATE * period_s if latency_s is None else max(latency_s, 3 * period_s)
        return _EARLY * period_s <= self._gap <= longest_s

    def note(self, now: float) -> None:
        """One more frame."""
        if self.count:
            self._gap = now - self._last
            self._gaps.append(self._gap)
        self.count += 1
        self._last = now


class Reader:
    """Reads a stream until it is stopped, and hands out frames that were exposed after a moment.

    Args:
        stream: released by the thread that reads it.
        where: of the camera, for errors.
        latency_s: from the exposure of a frame to its arrival here. None for the time between two
            frames, in which a camera without a queue exposes and transfers one.
    """

    def __init__(self, stream: FrameStream, where: str, latency_s: float | None = None) -> None:
        self._stream = stream
        self._where = where
        self._latency_s = latency_s
        self._changed = Condition()
        self._arrivals = Arrivals()
        self._wanted: float | None = None
        self._photo: Array | None = None
        self._fault: ConnectError | None = None
        self._stopped = False
        self._thread = Thread(target=self._read, daemon=True, name=f"camera {where}")

    def start(self, frames: int, timeout_s: float) -> None:
        """Read, and return once that many frames came: two at least, to know their period.

        Raises:
            ConnectError: they did not come in time.
        """
        self._thread.start()
        with self._changed:
            wanted = max(frames, 2)
            self._changed.wait_for(lambda: self._ended or self._arrivals.count >= wanted, timeout_s)
            if self._arrivals.count < wanted:
                raise self._fault or self._nothing_came(timeout_s)

    def photo(self, timeout_s: float) -> Array:
        """The first frame that was exposed after this call.

        Raises:
            ConnectError: the camera is lost, or none came in time.
        """
        with self._changed:
            latency_s = self._latency_s
            wait_s = self._arrivals.period_s if latency_s is None else latency_s
            self._wanted, self._photo = time.monotonic() + wait_s, None
            self._changed.wait_for(lambda: self._ended or self._photo is not None, timeout_s)
            self._wanted = None
            return self._taken(timeout_s)

    def stop(self) -> None:
        """End the thread, from any thread; whoever waits for a photo gets an error."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join(_JOIN_S)

    def _taken(self, timeout_s: float) -> Array:
        photo, self._photo = self._photo, None
        if photo is None:
            raise self._fault or self._nothing_came(timeout_s)
        return photo

    @property
    def _ended(self) -> bool:
        return self._stopped or self._fault is not None

    def _nothing_came(self, timeout_s: float) -> ConnectError:
        return ConnectError(
            f"The camera sent no frame within {timeout_s:g} s.",
            where=self._where,
            hint="Look at its cable, its power and its lamp; no other program may use it.",
            code=Code.CAMERA_LOST,
        )

    def _read(self) -> None:
        try:
            while not self._stopped:
                self._stream.grab()
                self._arrived(time.monotonic())
        except ConnectError as exc:
            with self._changed:
                self._fault = exc
                self._changed.notify_all()
        finally:
            self._stream.release()

    def _arrived(self, now: float) -> None:
        with self._changed:
            self._arrivals.note(now)
            self._changed.notify_all()
            if not (self._is_wanted(now) and self._arrivals.is_steady(self._latency_s)):
                return
        photo = self._stream.retrieve()  # takes its time: nobody waits for the lock meanwhile
        with self._changed:
            if self._is_wanted(now):
                self._photo, self._wanted = photo, None
                self._changed.notify_all()

    def _is_wanted(self, now: float) -> bool:
        return self._wanted is not None and now >= self._wanted
