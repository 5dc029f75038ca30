"""Photos in any form -> frames: the one place where the line reads and decodes."""

import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng import preprocess
from okng.error_codes import Code
from okng.errors import PhotoError
from okng.modelfile import WHOLE_RESIZE, InputRules

Array = npt.NDArray[np.uint8]
Photo = str | Path | bytes | Image.Image | npt.NDArray[np.generic]
"""A path, the bytes of an image file, a Pillow image, or an array (H, W) or (H, W, 3 or 4).

Arrays are grey, RGB or RGBA: uint8, or uint16, int32 or float as a deep photo has them.
"""


class Arrival(NamedTuple):
    """When a photo was received.

    Attributes:
        wall_ns: nanoseconds since 1970 in UTC, for the record.
        clock_ns: of a clock that never jumps, to measure the latency with.
    """

    wall_ns: int
    clock_ns: int

    @classmethod
    def now(cls) -> "Arrival":
        """The present moment."""
        return cls(time.time_ns(), time.perf_counter_ns())


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A photo that was read and decoded.

    Attributes:
        pixels: what the network is given, uint8 (H, W, 3), RGB: resized to its input already where
            the model file has the resize of `okng.resize`.
        path: of the file; empty for a photo that came without one.
        digest: SHA-256 of the bytes of the file as given, in hex; None for arrays and images.
        arrival: when the photo was received.
        photo: before the resize, uint8 (H, W, 3), where it is to be shown.
    """

    pixels: Array
    path: str = ""
    digest: str | None = None
    arrival: Arrival = field(default_factory=Arrival.now)
    photo: Array | None = None

    @property
    def held(self) -> int:
        """Pixels in memory."""
        photo = self.photo
        beside = 0 if photo is None or photo is self.pixels else photo[..., 0].size
        return self.pixels[..., 0].size + beside


@dataclass(frozen=True, slots=True, eq=False)
class ReadError:
    """A photo that could not be read.

    Attributes:
        message: why not, in one sentence.
        code: of the fault, such as `photo.damaged`.
        path: of the file; empty for a photo that came without one.
        digest: as in `Frame`; None also where no byte could be read.
        arrival: when the photo was received.
    """

    message: str
    code: Code
    path: str = ""
    digest: str | None = None
    arrival: Arrival = field(default_factory=Arrival.now)


def pixel_count(photo: Photo, reduced_side: int = 0) -> int | None:
    """Pixels of a photo, known before it is decoded; None where its header does not give them.

    Args:
        photo: in any form.
        reduced_side: as the model file has it: JPEGs count as they are decoded.
    """
    if isinstance(photo, np.ndarray):
        return int(np.prod(photo.shape[:2]))
    if isinstance(photo, Image.Image):
        return photo.width * photo.height
    return preprocess.pixel_count(photo, reduced_side)


def read(
    photo: Photo, rules: InputRules, arrival: Arrival | None = None, *, shown: bool = False
) -> Frame | ReadError:
    """One photo, read at once in this thread.

    Args:
        photo: in any form.
        rules: of the model file.
        arrival: when it was received; now, when left out.
        shown: keep the photo itself beside what the network is given.

    Raises:
        TypeError: it is nothing that can be a photo.
    """
    arrived = arrival or Arrival.now()
    path, digest = "", None
    try:
        if isinstance(photo, str | Path):
            path = str(photo)
            photo = preprocess.read_bytes(photo)
        if isinstance(photo, bytes):
            digest = hashlib.sha256(photo).hexdigest()
        pixels = _pixels(photo, path, rules)
        given = resized(pixels, rules)
        return Frame(given, path, digest, arrived, pixels if shown else None)
    except PhotoError as exc:
        return ReadError(exc.what, exc.code, path, digest, arrived)


def _pixels(
    photo: bytes | Image.Image | npt.NDArray[np.generic], path: str, rules: InputRules
) -> Array:
    depth, side = rules.depth, rules.reduced_side
    if isinstance(photo, bytes):
        return preprocess.decode(photo, path, depth=depth, reduced_side=side)
    if isinstance(photo, Image.Image):
        return preprocess.from_image(photo, depth=depth, reduced_side=side)
    if not isinstance(photo, np.ndarray):
        raise TypeError(f"{type(photo).__name__} is not a photo; see okng.inference.Photo")
    return preprocess.from_array(photo, depth=depth)


def resized(photo: Array, rules: InputRules) -> Array:
    """The same pixels as the graph would compute, in a fourth of the time for large photos.

    The graph resizes by dense products of matrices, of which most is zero: 12 megapixels take it
    82 ms, and 22 ms here. What has the size of the network's input passes its resize unchanged.
    """
    if rules.resize != WHOLE_RESIZE:  # an older file, whose own resize has fractions
        return photo
    return preprocess.shrink(photo, rules.image_size)
