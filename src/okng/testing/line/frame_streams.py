"""A camera that runs by itself, without a camera: frames with a number, at a rate, with faults."""

import time
from collections import deque
from threading import Event, Lock, Thread

import numpy as np

from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError


def numbered(number: int, width: int = 32, height: int = 24) -> Array:
    """A frame that holds its number, uint8 (H, W, 3): reddish, so that exchanged colours show."""
    frame = np.zeros((height, width, 3), np.uint8)
    frame[..., 0] = 200
    frame[:4] = 0
    frame[0, :24, 0] = [255 * (number >> bit & 1) for bit in range(24)]
    return frame


def number_of(frame: Array) -> int:
    """The number that a frame of `numbered` holds."""
    return sum(1 << bit for bit in range(24) if frame[0, bit, 0] > 127)


class RunningStream:
    """Exposes a frame every period, and keeps those that nobody has taken yet, as drivers do.

    Attributes:
        exposed: when each frame was exposed, by its number, in seconds of `time.monotonic`.
        released: set once the camera was let go.

    Args:
        period_s: between two frames.
        buffers: frames that are kept; the oldest is taken first, as from a driver.
    """

    def __init__(self, period_s: float = 0.01, buffers: int = 4) -> None:
        self.exposed: dict[int, float] = {}
        self.released = Event()
        self._period_s = period_s
        self._buffered: deque[int] = deque(maxlen=buffers)
        self._lock = Lock()
        self._lost = Event()
        self._hung = Event()
        self._current = 0
        Thread(target=self._run, daemon=True).start()

    def lose(self) -> None:
        """The cable is pulled."""
        self._lost.set()

    def hang(self) -> None:
        """No frame comes any more, and no error either."""
        self._hung.set()

    def grab(self) -> None:
        """Take the oldest frame out of the buffers."""
        while not self._lost.is_set():
            with self._lock:
                if self._buffered:
                    self._current = self._buffered.popleft()
                    return
            time.sleep(0.0005)
        raise ConnectError("The cable was pulled.", code=Code.CAMERA_LOST)

    def retrieve(self) -> Array:
        """The frame that was taken."""
        return numbered(self._current)

    def release(self) -> None:
        """End."""
        self.released.set()

    def _run(self) -> None:
        number = 0
        while not self.released.wait(self._period_s) and not self._hung.is_set():
            number += 1
            with self._lock:
                self.exposed[number] = time.monotonic()
                self._buffered.append(number)
