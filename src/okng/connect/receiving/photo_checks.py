"""Photos that a camera in order would not give: the same one again and again, or of another size.

A score of such a photo says nothing about the part in front of the camera.
"""

import numpy as np

from okng import preprocess
from okng.connect.contracts import SourceSettings
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError, OkngError, PhotoError, PhotoFault


class PhotoChecks:
    """Checks the photos of one source, in their order; used by one thread.

    Args:
        settings: of the source.
    """

    def __init__(self, settings: SourceSettings) -> None:
        self._frozen_after = settings.frozen_after
        self._width, self._height = settings.width, settings.height
        self._last: bytes | Array | None = None
        self._same = 1

    def fault(self, photo: bytes | Array) -> OkngError | None:
        """Why a photo is not judged; None if it is."""
        return self._frozen(photo) or self._other_size(photo)

    def _frozen(self, photo: bytes | Array) -> OkngError | None:
        if not self._frozen_after:
            return None
        self._same = self._same + 1 if _equal(photo, self._last) else 1
        self._last = photo
        if self._same < max(self._frozen_after, 2):
            return None
        return ConnectError(
            f"The last {self._same} photos are identical",
            allowed="photos of a camera, of which no two are",
            hint="Restart the camera; or set `frozen_after` of the source to 0.",
            code=Code.CAMERA_FROZEN,
        )

    def _other_size(self, photo: bytes | Array) -> OkngError | None:
        if self._width is None and self._height is None:
            return None
        width, height = _size(photo)
        if width == (self._width or width) and height == (self._height or height):
            return None
        return PhotoError(
            f"The photo has {width} x {height} pixels",
            allowed=f"{self._width or 'any'} x {self._height or 'any'}",
            hint="Check the settings of the camera, or `width` and `height` of the source.",
            fault=PhotoFault.SIZE,
        )


def _equal(one: bytes | Array, other: bytes | Array | None) -> bool:
    if isinstance(one, bytes) or isinstance(other, bytes) or other is None:
        return isinstance(one, bytes) and one == other  # ends at the first difference
    return np.array_equal(one, other)


def _size(photo: bytes | Array) -> tuple[int, int]:
    """Width and height, in pixels; (0, 0) where the file does not give them."""
    if not isinstance(photo, bytes):
        return photo.shape[1], photo.shape[0]
    return preprocess.size_of(photo) or (0, 0)
