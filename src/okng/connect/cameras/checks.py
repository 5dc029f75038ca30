"""What is wrong with a photo before it is judged: another size, or the one before once more."""

from enum import StrEnum

import numpy as np

from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

_STEP = 16  # every so many pixels are compared first: no two photos of a sensor agree in them


class Identical(StrEnum):
    """What a photo is worth that equals the one before, pixel by pixel."""

    REFUSE = "refuse"
    ACCEPT = "accept"


class PhotoChecks:
    """Compares each photo with what it must be.

    Args:
        where: of the camera, for errors.
        size: width and height in pixels; None for that of the first photo.
        identical: whether a photo that equals the one before is refused. The noise of a sensor
            makes no two photos alike, so the camera hangs; streams that compress a still scene
            can repeat one.
    """

    def __init__(
        self,
        where: str,
        size: tuple[int, int] | None = None,
        identical: Identical = Identical.REFUSE,
    ) -> None:
        self._where = where
        self._size = size
        self._identical = identical
        self._last: Array | None = None

    def check(self, photo: Array) -> Array:
        """The same photo.

        Raises:
            ConnectError: it has another size, or equals the one before.
        """
        self._check_size(photo.shape[1], photo.shape[0])
        if self._identical is Identical.REFUSE:
            self._check_frozen(photo)
        return photo

    def _check_size(self, width: int, height: int) -> None:
        if self._size is None:
            self._size = width, height
        if self._size != (width, height):
            raise ConnectError(
                f"The photo has {width} x {height} pixels.",
                where=self._where,
                allowed=f"{self._size[0]} x {self._size[1]}",
                hint="Set width and height as the camera has them, or the camera as before.",
                code=Code.CAMERA_SIZE,
            )

    def _check_frozen(self, photo: Array) -> None:
        last, self._last = self._last, photo
        if last is not None and _equal(last, photo):
            raise ConnectError(
                "The photo equals the one before in every pixel: the camera hangs.",
                where=self._where,
                hint='Switch it off and on. A stream of a still scene: set identical = "accept".',
                code=Code.CAMERA_FROZEN,
            )


def _equal(a: Array, b: Array) -> bool:
    if not np.array_equal(a[::_STEP, ::_STEP], b[::_STEP, ::_STEP]):
        return False
    return np.array_equal(a, b)
