"""A GenICam camera that exposes when the software triggers it."""

from collections.abc import Callable
from typing import Any

from okng.connect.cameras.checks import PhotoChecks
from okng.connect.cameras.genicam.free_running import dropped, missed
from okng.connect.cameras.genicam.producer import Frame, Producer, fetched
from okng.connect.cameras.live import not_open
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

_AT_ONCE = 0.001
TRIGGERED: dict[str, str] = {
    "TriggerSelector": "FrameStart",
    "TriggerMode": "On",
    "TriggerSource": "Software",
}
"""Features that make a camera wait for the software (SFNC 2.7, AcquisitionControl)."""


class TriggeredCamera:
    """A camera that exposes once for each photo.

    Args:
        where: of the camera, for errors.
        connect: opens and starts it.
        timeout_s: from the trigger to the frame.
        checks: of each photo.
    """

    def __init__(
        self,
        where: str,
        connect: Callable[[], tuple[Producer, Any]],
        timeout_s: float,
        checks: PhotoChecks,
    ) -> None:
        self._where = where
        self._connect = connect
        self._timeout_s = timeout_s
        self._checks = checks
        self._opened: tuple[Producer, Any] | None = None
        self._last: Frame | None = None

    def open(self) -> None:
        """Connect; the camera waits for triggers."""
        self.close()
        self._last = None
        self._opened = self._connect()

    def photo(self) -> Array:
        """Throw away what came late, trigger, and wait for the frame."""
        if self._opened is None:
            raise not_open(self._where)
        acquirer = self._opened[1]
        while fetched(acquirer, _AT_ONCE, self._where) is not None:
            pass
        acquirer.remote_device.node_map.TriggerSoftware.execute()
        frame = fetched(acquirer, self._timeout_s, self._where)
        if frame is None:
            raise self._no_answer()
        before, self._last = self._last, frame
        if lost := missed(before, frame):
            raise dropped(lost, self._where)
        return self._checks.check(frame.photo(self._where))

    def close(self) -> None:
        """Let the camera go."""
        opened, self._opened = self._opened, None
        if opened is not None:
            producer, acquirer = opened
            producer.let_go(acquirer)

    def _no_answer(self) -> ConnectError:
        return ConnectError(
            f"The camera was triggered, and no whole frame came within {self._timeout_s:g} s.",
            where=self._where,
            hint="Set timeout_s above the exposure; look at its cable and network.",
            code=Code.CAMERA_DROPPED,
        )
