"""A USB camera is set as asked for, or refused. No camera is plugged in here, so OpenCV's is faked.

What real drivers do is not tried by this.
"""

import cv2
import numpy as np
import pytest

from okng.connect.cameras.capture import CaptureStream, opened
from okng.connect.cameras.usb import UsbCameraSettings
from okng.connect.contracts import Around
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

AROUND = Around("plant", "line-1")


class FakeCapture:
    """Behaves like OpenCV: True or False, values that stay as they were, and BGR."""

    def __init__(self, frames: list[Array | None], fixed: dict[int, float] | None = None) -> None:
        self.frames = frames
        self.fixed = fixed or {}
        self.values: dict[int, float] = {}
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """It is there."""
        return True

    def set(self, prop: int, value: float) -> bool:
        """OpenCV answers True for values that a driver then ignores."""
        self.values[prop] = value
        return True

    def get(self, prop: int) -> float:
        """The value that is in force."""
        return self.fixed.get(prop, self.values.get(prop, 0.0))

    def grab(self) -> bool:
        """Whether there is a frame."""
        return bool(self.frames)

    def retrieve(self) -> tuple[bool, Array | None]:
        """The frame; None for one that cannot be decoded."""
        frame = self.frames.pop(0)
        return frame is not None, frame

    def release(self) -> None:
        """Let go."""
        self.released = True


def test_settings_are_set_in_the_order_of_drivers() -> None:
    """The pixel format comes before the size, manual exposure before its value."""
    settings = UsbCameraSettings(pixel_format="MJPG", width=1920, exposure=50)
    capture = FakeCapture([])
    opened(lambda: capture, "USB camera 0", "", settings.properties())

    assert list(capture.values) == [
        cv2.CAP_PROP_FOURCC,
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_AUTO_EXPOSURE,
        cv2.CAP_PROP_EXPOSURE,
    ]


def test_a_value_that_the_driver_ignores() -> None:
    """The error names the setting, what was asked for, and what the camera has."""
    capture = FakeCapture([], fixed={cv2.CAP_PROP_FRAME_WIDTH: 640})
    settings = UsbCameraSettings(width=4000)
    with pytest.raises(ConnectError, match=r"frame width 4000 \(it has 640\)") as caught:
        opened(lambda: capture, "USB camera 0", "", settings.properties())

    assert caught.value.code is Code.CAMERA_SETTING
    assert capture.released


def test_frames_are_rgb() -> None:
    """OpenCV's blue first becomes red first; grey gets three channels."""
    blue_first = np.full((2, 2, 3), (10, 20, 200), np.uint8)
    stream = CaptureStream(FakeCapture([blue_first, np.full((2, 2), 7, np.uint8)]), "camera")
    stream.grab()
    colour = stream.retrieve()
    stream.grab()

    assert tuple(colour[0, 0]) == (200, 20, 10)
    assert stream.retrieve().tolist() == [[[7, 7, 7]] * 2] * 2


def test_a_frame_that_cannot_be_decoded() -> None:
    """A damaged frame is an error, never a photo."""
    stream = CaptureStream(FakeCapture([None]), "USB camera 0")
    stream.grab()
    with pytest.raises(ConnectError) as caught:
        stream.retrieve()

    assert caught.value.code is Code.CAMERA_DROPPED


def test_a_camera_that_is_gone() -> None:
    """No frame any more is a lost camera."""
    with pytest.raises(ConnectError) as caught:
        CaptureStream(FakeCapture([]), "USB camera 0").grab()

    assert caught.value.code is Code.CAMERA_LOST


@pytest.mark.parametrize("device", ["63", "/dev/v4l/by-id/none"])
def test_a_camera_that_is_not_plugged_in(device: str) -> None:
    """A number or a path without a camera is a missing camera, with the next step."""
    with pytest.raises(ConnectError, match="cannot be opened") as caught:
        UsbCameraSettings(device=device).check(AROUND)

    assert caught.value.code is Code.CAMERA_MISSING
    assert "by-id" in str(caught.value.hint)
