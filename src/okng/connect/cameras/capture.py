"""OpenCV's reader of cameras, streams and files behind one small class.

OpenCV answers with False where something is wrong, and gives frames as BGR. Both end here.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import cv2
import numpy as np

from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

_CLOSE = 0.02  # a driver rounds to its own steps


class Capture(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool: ...  # noqa: D102, N802 - OpenCV's names
    def set(self, prop: int, value: float) -> bool: ...  # noqa: D102
    def get(self, prop: int) -> float: ...  # noqa: D102
    def grab(self) -> bool: ...  # noqa: D102
    def retrieve(self) -> tuple[bool, "cv2.typing.MatLike | None"]: ...  # noqa: D102
    def release(self) -> None: ...  # noqa: D102


class CaptureStream:
    """An opened capture as a `FrameStream`.

    Args:
        capture: opened.
        where: of the camera, for errors.
    """

    def __init__(self, capture: Capture, where: str) -> None:
        self._capture = capture
        self._where = where

    def grab(self) -> None:
        """Wait for the next frame."""
        if not self._capture.grab():
            raise ConnectError(
                "The camera sends no frames any more.",
                where=self._where,
                hint="Look at its cable, its power and its network.",
                code=Code.CAMERA_LOST,
            )

    def retrieve(self) -> Array:
        """The frame that `grab` took, in RGB."""
        there, frame = self._capture.retrieve()
        if not there or frame is None:
            raise ConnectError(
                "A frame of the camera cannot be decoded.",
                where=self._where,
                hint="Look at its cable; try a lower frame rate or another pixel format.",
                code=Code.CAMERA_DROPPED,
            )
        return rgb(np.asarray(frame, np.uint8))

    def release(self) -> None:
        """Let the camera go."""
        self._capture.release()


def opened(
    make: Callable[[], Capture], where: str, hint: str, settings: Mapping[str, float]
) -> CaptureStream:
    """Open a capture and set it.

    Args:
        make: opens it; OpenCV does not raise where it cannot.
        where: of the camera, for errors.
        hint: what to do where it is not there.
        settings: names of OpenCV's properties, such as `CAP_PROP_GAIN`, and their values.

    Raises:
        ConnectError: it is not there, or does not take a setting.
    """
    try:
        capture = make()
    except cv2.error as exc:
        raise _missing(where, hint) from exc
    if not capture.isOpened():
        capture.release()
        raise _missing(where, hint)
    refused = [name for name, value in settings.items() if not _taken(capture, name, value)]
    if refused:
        faults = [_refusal(capture, name, settings[name]) for name in refused]
        capture.release()
        raise ConnectError(
            f"The camera does not take {'; '.join(faults)}.",
            where=where,
            hint="Leave the setting out, or take a value that the camera has.",
            code=Code.CAMERA_SETTING,
        )
    return CaptureStream(capture, where)


def rgb(frame: Array) -> Array:
    """A frame of OpenCV, uint8 (H, W) grey or (H, W, 3) BGR, as (H, W, 3) RGB of its own memory."""
    code = cv2.COLOR_GRAY2RGB if frame.ndim == 2 or frame.shape[2] == 1 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(frame, code), np.uint8)


def _missing(where: str, hint: str) -> ConnectError:
    return ConnectError(
        "The camera cannot be opened.", where=where, hint=hint, code=Code.CAMERA_MISSING
    )


def _taken(capture: Capture, name: str, value: float) -> bool:
    prop = getattr(cv2, name)
    capture.set(prop, value)  # what it returns differs from driver to driver: the value counts
    return abs(capture.get(prop) - value) <= _CLOSE * max(abs(value), 1.0)


def _refusal(capture: Capture, name: str, value: float) -> str:
    short = name.removeprefix("CAP_PROP_").replace("_", " ").lower()
    return f"{short} {value:g} (it has {capture.get(getattr(cv2, name)):g})"
