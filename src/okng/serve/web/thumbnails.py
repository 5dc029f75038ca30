"""Small pictures of stored photos, made when a gallery shows them."""

import io
import threading
from collections import OrderedDict

from PIL import Image, ImageOps

_SIDE = 320  # pixels of the longer side: a tile of 160 px on a screen of two pixels per px
_QUALITY = 82  # of the JPEG; some 15 kB each
_CACHED = 600  # ten pages of a gallery, some 9 MB


class Thumbnails:
    """Makes small pictures and holds the last ones; to be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cached: OrderedDict[str, bytes] = OrderedDict()

    def get(self, identifier: str) -> bytes | None:
        """The picture of an inspection; None if it was not made of late."""
        with self._lock:
            picture = self._cached.get(identifier)
            if picture is not None:
                self._cached.move_to_end(identifier)
            return picture

    def make(self, identifier: str, photo: bytes) -> bytes:
        """The picture of a photo, JPEG.

        Raises:
            OSError: the photo cannot be read.
        """
        picture = thumbnail(photo)
        with self._lock:
            self._cached[identifier] = picture
            while len(self._cached) > _CACHED:
                self._cached.popitem(last=False)
        return picture


def thumbnail(photo: bytes) -> bytes:
    """A photo with a longer side of 320 pixels at most, as JPEG.

    Args:
        photo: bytes of an image file that the station has read before.

    Raises:
        OSError: it cannot be read.
    """
    with Image.open(io.BytesIO(photo)) as image:
        # A JPEG is decoded at an eighth of its size where that is enough: 12 MP in 20 ms.
        image.draft("RGB", (_SIDE, _SIDE))
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith(("I", "F")):
            upright = _stretched(upright)
        small = upright.convert("RGB")
        small.thumbnail((_SIDE, _SIDE))
        data = io.BytesIO()
        small.save(data, "JPEG", quality=_QUALITY)
        return data.getvalue()


def _stretched(image: Image.Image) -> Image.Image:
    """A picture of more than 8 bits over the whole range of 8 bits, so that something is seen."""
    low, high = image.convert("F").getextrema()
    scale = 255 / max(float(high) - float(low), 1.0)  # type: ignore[arg-type]
    return image.convert("F").point(lambda value: (value - float(low)) * scale).convert("L")  # type: ignore[arg-type]
