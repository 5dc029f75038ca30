"""Cameras on USB, and all that the operating system offers as a video device; by OpenCV."""

import sys
from typing import ClassVar

import cv2
from pydantic import Field

from okng.config import Duration
from okng.connect.cameras.capture import Capture, CaptureStream, opened
from okng.connect.cameras.checks import Identical, PhotoChecks
from okng.connect.cameras.live import LiveCamera, Timing
from okng.connect.cameras.looking import examined
from okng.connect.contracts import Around, Camera, CameraSettings, Finding

_HINT = (
    "Plug it in and end other programs that use it. Linux: `ls /dev/v4l/by-id` lists the devices; "
    "the user of okng must be in the group video."
)
_BACKENDS = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}
_MANUAL_EXPOSURE = {"linux": 1.0, "win32": 0.25, "darwin": 0.25}  # as each driver has it


class UsbCameraSettings(CameraSettings):
    """A USB camera, or another video device of the operating system."""

    kind: ClassVar[str] = "usb"

    device: str = Field(
        "0",
        min_length=1,
        max_length=300,
        description="Number of the camera, or on Linux its path; one in /dev/v4l/by-id stays the "
        "same after a restart.",
    )
    width: int | None = Field(None, ge=16, le=16384, description="Width of photos in pixels.")
    height: int | None = Field(None, ge=16, le=16384, description="Height of photos in pixels.")
    frames_per_s: float | None = Field(
        None, gt=0, le=1000, description="Frames a second; as the camera has it, if left out."
    )
    pixel_format: str = Field(
        "",
        pattern=r"^(.{4})?$",
        description="Four letters, such as MJPG or YUYV; as the camera has it, if empty.",
    )
    exposure: float | None = Field(
        None,
        ge=-20,
        le=1e6,
        description="Exposure in the unit of the driver: 0.1 ms on Linux, powers of 2 of a second "
        "on Windows. Left out, the camera chooses, and photos are not alike.",
    )
    gain: float | None = Field(
        None, ge=0, le=1e6, description="Gain in the unit of the driver; the camera's, if left out."
    )
    latency: Duration | None = Field(
        None,
        ge=0,
        le=10,
        description="Time from exposure to arrival; the time between two frames, if left out.",
    )
    timeout: Duration = Field(2.0, gt=0, le=60, description="Time that a photo may take.")
    warm_up: int = Field(10, ge=0, le=1000, description="Frames thrown away after opening.")
    identical: Identical = Field(
        Identical.REFUSE, description="A photo that equals the one before: refuse, or accept it."
    )

    def check(self, around: Around) -> list[Finding]:
        """Open it and take a photo."""
        return examined(self.camera(around), self.device)

    def camera(self, around: Around) -> Camera:  # noqa: ARG002 - it belongs to no station
        """The camera; it is not opened yet."""
        where = f"USB camera {self.device}"
        size = (self.width, self.height) if self.width and self.height else None
        timing = Timing(self.timeout, 10.0, self.warm_up, self.latency)

        def connect() -> CaptureStream:
            return opened(self._capture, where, _HINT, self.properties())

        return LiveCamera(where, connect, timing, PhotoChecks(where, size, self.identical))

    def properties(self) -> dict[str, float]:
        """OpenCV's properties to set, in the order in which drivers take them."""
        manual = None if self.exposure is None else _MANUAL_EXPOSURE.get(sys.platform, 1.0)
        code = cv2.VideoWriter.fourcc(*self.pixel_format) if self.pixel_format else None
        wanted = {
            "CAP_PROP_FOURCC": code,
            "CAP_PROP_FRAME_WIDTH": self.width,
            "CAP_PROP_FRAME_HEIGHT": self.height,
            "CAP_PROP_FPS": self.frames_per_s,
            "CAP_PROP_AUTO_EXPOSURE": manual,
            "CAP_PROP_EXPOSURE": self.exposure,
            "CAP_PROP_GAIN": self.gain,
        }
        return {name: float(value) for name, value in wanted.items() if value is not None}

    def _capture(self) -> Capture:
        backend = _BACKENDS.get(sys.platform, cv2.CAP_ANY)
        device = int(self.device) if self.device.isdigit() else self.device
        return cv2.VideoCapture(device, backend)
