"""Network cameras that send a stream: RTSP, or JPEGs by HTTP; by OpenCV."""

from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlsplit, urlunsplit

import cv2
from pydantic import Field

from okng.config import Duration
from okng.connect.cameras.capture import Capture, CaptureStream, opened
from okng.connect.cameras.checks import Identical, PhotoChecks
from okng.connect.cameras.live import LiveCamera, Timing
from okng.connect.cameras.looking import examined
from okng.connect.contracts import Around, Camera, CameraSettings, Finding
from okng.error_codes import Code
from okng.errors import ConfigError

_HINT = "Open the same address with a video player on this machine; look at user and password."


class StreamCameraSettings(CameraSettings):
    """A network camera with a stream."""

    kind: ClassVar[str] = "stream"

    url: str = Field(
        pattern=r"^(rtsps?|https?)://[^\s]+$",
        max_length=1000,
        description="Address, such as rtsp://USER@camera-3/stream1 or an MJPEG stream by http.",
    )
    password_file: Path | None = Field(
        None, description="File with the password of the user in `url`, and nothing else."
    )
    latency: Duration = Field(
        0.5,
        ge=0,
        le=10,
        description="Time from exposure to arrival. Photos that arrive sooner after a trigger "
        "were exposed before it, and are dropped: measure it, and set it no lower.",
    )
    timeout: Duration = Field(5.0, gt=0, le=60, description="Time that a photo may take.")
    warm_up: int = Field(10, ge=0, le=1000, description="Frames thrown away after opening.")
    identical: Identical = Field(
        Identical.REFUSE, description="A photo that equals the one before: refuse, or accept it."
    )

    def check(self, around: Around) -> list[Finding]:
        """Open it and take a photo."""
        return examined(self.camera(around), without_password(self.url))

    def camera(self, around: Around) -> Camera:  # noqa: ARG002 - it belongs to no station
        """The camera; it is not opened yet."""
        where = without_password(self.url)
        timing = Timing(self.timeout, self.timeout + 5, self.warm_up, self.latency)

        def connect() -> CaptureStream:
            return opened(self._capture, where, _HINT, {})

        return LiveCamera(where, connect, timing, PhotoChecks(where, None, self.identical))

    def _capture(self) -> Capture:
        milliseconds = int(self.timeout * 1000)
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, milliseconds]
        limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, milliseconds]
        return cv2.VideoCapture(self.address(), cv2.CAP_FFMPEG, limits)

    def address(self) -> str:
        """The address with the password.

        Raises:
            ConfigError: the file of the password cannot be read.
        """
        if self.password_file is None:
            return self.url
        try:
            password = self.password_file.read_text().strip()
        except OSError as exc:
            raise ConfigError(
                f"The password of the camera cannot be read: {exc.strerror}.",
                where=self.password_file,
                hint="Set `password_file` to a file that the user of okng may read.",
                code=Code.SETTINGS_INVALID,
            ) from exc
        parts = urlsplit(self.url)
        user, host = parts.username or "", parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def without_password(url: str) -> str:
    """An address as it may be shown."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
