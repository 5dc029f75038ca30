"""Frames of a GenICam camera that runs by itself, as a stream for the reader."""

import logging
from typing import Any

from okng.connect.cameras.genicam.producer import Frame, Producer, fetched
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

_LOG = logging.getLogger(__name__)


class FreeRunning:
    """A started camera as a `FrameStream`.

    A frame that is lost on its way costs one period: the next one is as fresh.

    Attributes:
        dropped: frames that the camera sent and that never came.

    Args:
        producer: of the camera.
        acquirer: started.
        where: of the camera, for errors.
        timeout_s: for one frame.
    """

    def __init__(self, producer: Producer, acquirer: Any, where: str, timeout_s: float) -> None:
        self._producer = producer
        self._acquirer = acquirer
        self._where = where
        self._timeout_s = timeout_s
        self._frame: Frame | None = None
        self.dropped = 0

    def grab(self) -> None:
        """Wait for the next frame."""
        before = self._frame
        frame = fetched(self._acquirer, self._timeout_s, self._where)
        if frame is None:
            raise ConnectError(
                f"The camera sent no whole frame within {self._timeout_s:g} s.",
                where=self._where,
                hint="Look at its cable and network; a camera that waits for a trigger: set "
                'acquisition = "software".',
                code=Code.CAMERA_LOST,
            )
        self._frame = frame
        self.dropped += missed(before, frame)

    def retrieve(self) -> Array:
        """The frame that `grab` took."""
        if self._frame is None:
            raise ConnectError("No frame was taken.", where=self._where, code=Code.CAMERA_LOST)
        return self._frame.photo(self._where)

    def release(self) -> None:
        """Let the camera go."""
        if self.dropped:
            _LOG.warning("%s: %d frames were lost on their way", self._where, self.dropped)
        self._producer.let_go(self._acquirer)


def missed(before: Frame | None, frame: Frame) -> int:
    """Frames that the camera counted between two that came."""
    if before is None or before.number is None or frame.number is None:
        return 0
    return max(frame.number - before.number - 1, 0)


def dropped(count: int, where: str) -> ConnectError:
    """The error for frames that the camera sent and that never came."""
    return ConnectError(
        f"Frames were lost between camera and computer: {count}.",
        where=where,
        hint="Lower the frame rate; look at the network card (jumbo frames, receive buffers).",
        code=Code.CAMERA_DROPPED,
    )
