"""A camera that runs by itself, of whatever make."""

from collections.abc import Callable
from typing import NamedTuple

from okng.connect.cameras.checks import PhotoChecks
from okng.connect.cameras.reader import FrameStream, Reader
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError


class Timing(NamedTuple):
    """How long a camera may take.

    Attributes:
        timeout_s: for one photo, in seconds.
        start_s: for the first frames after it was opened.
        warm_up: frames that are thrown away then.
        latency_s: as `Reader` has it.
    """

    timeout_s: float
    start_s: float
    warm_up: int
    latency_s: float | None


class LiveCamera:
    """A camera whose frames a thread reads as they come; photos are taken out of them.

    Args:
        where: of the camera, for errors.
        connect: opens the stream, or raises ConnectError.
        timing: how long it may take.
        checks: of each photo; they outlive the connection, so that a camera that hangs is known
            again after it was opened anew.
    """

    def __init__(
        self, where: str, connect: Callable[[], FrameStream], timing: Timing, checks: PhotoChecks
    ) -> None:
        self._where = where
        self._connect = connect
        self._timing = timing
        self._checks = checks
        self._reader: Reader | None = None

    def open(self) -> None:
        """Connect, and wait until frames come."""
        self.close()
        reader = Reader(self._connect(), self._where, self._timing.latency_s)
        self._reader = reader
        reader.start(self._timing.warm_up, self._timing.start_s)

    def photo(self) -> Array:
        """The first frame that was exposed after this call."""
        if self._reader is None:
            raise not_open(self._where)
        return self._checks.check(self._reader.photo(self._timing.timeout_s))

    def close(self) -> None:
        """End the thread that reads; it lets the camera go."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.stop()


def not_open(where: str) -> ConnectError:
    """The error for a photo of a camera that is closed."""
    return ConnectError(
        "The camera is not open.",
        where=where,
        hint="It is opened anew by itself; wait, or look at its first alarm.",
        code=Code.CAMERA_LOST,
    )
