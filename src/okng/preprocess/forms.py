"""Properties that a file states of its photo, beside the pixels."""

import struct
from dataclasses import dataclass
from typing import NamedTuple

from PIL import ExifTags, Image

from okng.preprocess.levels import Samples

# Exceptions of Pillow and its plugins on damaged files; there is no documented list.
PILLOW_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    LookupError,
    ArithmeticError,
    struct.error,
    MemoryError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one file.

    Attributes:
        file_format: JPEG, PNG, ...
        mode: colour mode: L, RGB, RGBA, CMYK, I;16, RGB;16, F, ...
        bits: per channel.
        orientation: EXIF orientation, 1 to 8; 1 is upright.
        camera: maker and model, or empty.
        views: number of pictures in the file (pages, frames, previews); the first is used.
        clear_parts: whether any pixel is transparent.
    """

    file_format: str
    mode: str
    bits: int
    orientation: int = 1
    camera: str = ""
    views: int = 1
    clear_parts: bool = False


class Opened(NamedTuple):
    """A photo before its depth is known, and its form."""

    samples: Samples
    form: Form


def orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8; 1 if it is missing or damaged."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation)
    except PILLOW_FAULTS:
        return 1
    return upright_or(value)


def upright_or(value: object) -> int:
    """An orientation of 1 to 8; any other value counts as 1 (upright)."""
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def camera(image: Image.Image) -> str:
    """Maker and model; empty if the EXIF data are missing or damaged."""
    try:
        exif = image.getexif()
        words = [exif.get(tag) for tag in (ExifTags.Base.Make, ExifTags.Base.Model)]
    except PILLOW_FAULTS:
        return ""
    return " ".join(word.strip("\0 ") for word in words if isinstance(word, str))
