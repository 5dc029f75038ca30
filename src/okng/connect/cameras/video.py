"""A video file in place of a camera, to try a line out: each trigger gets its next frame."""

from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import ClassVar

import cv2
from pydantic import Field

from okng.connect.cameras.capture import Capture, CaptureStream, opened
from okng.connect.cameras.checks import Identical, PhotoChecks
from okng.connect.cameras.live import not_open
from okng.connect.cameras.looking import examined
from okng.connect.contracts import Around, Camera, CameraSettings, Finding
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError


class AtEnd(StrEnum):
    """What comes after the last frame."""

    REPEAT = "repeat"
    STOP = "stop"


class VideoCameraSettings(CameraSettings):
    """A video file in place of a camera."""

    kind: ClassVar[str] = "video"

    file: Path = Field(description="A video that OpenCV reads.")
    at_end: AtEnd = Field(AtEnd.REPEAT, description="After the last frame: repeat, or stop.")
    identical: Identical = Field(
        Identical.ACCEPT, description="A frame that equals the one before: refuse, or accept it."
    )

    def check(self, around: Around) -> list[Finding]:
        """Open it and read a frame."""
        return examined(self.camera(around), str(self.file))

    def camera(self, around: Around) -> Camera:  # noqa: ARG002 - it belongs to no station
        """The camera; it is not opened yet."""
        return VideoCamera(
            self.file, self.at_end, PhotoChecks(str(self.file), None, self.identical)
        )


class VideoCamera:
    """Frames of a file, one for each photo.

    Args:
        file: a video.
        at_end: what comes after its last frame.
        checks: of each photo.
    """

    def __init__(self, file: Path, at_end: AtEnd, checks: PhotoChecks) -> None:
        self._file = file
        self._at_end = at_end
        self._checks = checks
        self._stream: CaptureStream | None = None
        self._lock = Lock()  # OpenCV crashes where one thread closes what another one reads

    def open(self) -> None:
        """Open the file at its first frame."""
        self.close()
        with self._lock:
            self._stream = self._from_start()

    def photo(self) -> Array:
        """The next frame."""
        with self._lock:
            if self._stream is None:
                raise not_open(str(self._file))
            return self._checks.check(self._next(self._stream))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            stream, self._stream = self._stream, None
            if stream is not None:
                stream.release()

    def _next(self, stream: CaptureStream) -> Array:
        try:
            stream.grab()
        except ConnectError as exc:
            if self._at_end is AtEnd.STOP:
                raise ConnectError(
                    "The video is at its end.",
                    where=self._file,
                    hint='Set at_end = "repeat" to begin anew.',
                    code=Code.CAMERA_LOST,
                ) from exc
            stream.release()
            self._stream = stream = self._from_start()
            stream.grab()
        return stream.retrieve()

    def _from_start(self) -> CaptureStream:
        return opened(self._capture, str(self._file), "Look at the path of the video.", {})

    def _capture(self) -> Capture:
        return cv2.VideoCapture(str(self._file), cv2.CAP_FFMPEG)
