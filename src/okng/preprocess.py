"""Bytes of an image file -> uint8 RGB array: the one decode path of training, audit and line.

It knows files and pixels, nothing about parts, classes or networks.
"""

import io
import struct
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image, ImageOps, UnidentifiedImageError

from okng.errors import PhotoError

Array = npt.NDArray[np.uint8]
FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})
MAX_PIXELS = 128_000_000
_EXIF = b"Exif\x00\x00"
_PILLOW_FAULTS = (OSError, SyntaxError, ValueError, EOFError, struct.error, MemoryError)


def read(path: Path | str) -> Array:
    """Read a photo from a file.

    Returns:
        uint8 (H, W, 3), RGB, upright after its EXIF orientation.

    Raises:
        PhotoError: the file is not there, may not be read, or is not a whole photo.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as exc:
        raise PhotoError(
            f"The file cannot be read: {exc.strerror}", where=path, hint="Check path and rights."
        ) from exc
    return decode(data, str(path))


def decode(data: bytes, name: str = "") -> Array:
    """Decode the bytes of an image file.

    Args:
        data: a JPEG, PNG, BMP, TIFF or WebP file, of at most 128 million pixels.
        name: what to call the photo in an error.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, upright after its EXIF orientation. 16-bit photos keep
        their high byte; transparent ones are laid on black.

    Raises:
        PhotoError: with a reason that a person understands.
    """
    if not data:
        raise _fault("The file is empty (0 bytes)", name)
    if data[:2] == b"\xff\xd8" and _EXIF not in data[:65_536]:
        fast = _decode_jpeg(data, name)
        if fast is not None:
            return fast
    return _decode_any(data, name)


def from_image(image: Image.Image) -> Array:
    """A Pillow image as uint8 (H, W, 3) RGB, upright after its EXIF orientation."""
    return np.ascontiguousarray(_to_rgb(ImageOps.exif_transpose(image)))


def is_grey(photo: Array) -> bool:
    """Whether red, green and blue are equal everywhere."""
    red, green, blue = (photo[..., channel] for channel in range(3))
    return bool(np.array_equal(red, green) and np.array_equal(green, blue))


def shrink(photo: Array, size: int) -> Array:
    """Resize to uint8 (size, size, 3) with the triangle filter that the model file uses."""
    if photo.shape[:2] == (size, size):
        return photo
    return np.asarray(Image.fromarray(photo).resize((size, size), Image.Resampling.BILINEAR))


def _decode_jpeg(data: bytes, name: str) -> Array | None:
    """The quick way, for plain JPEG files; None where Pillow should have a look."""
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(data)
        if space not in {"YCbCr", "Gray", "GRAY"}:
            return None
        _check_size(width, height, name)
        photo: Array = simplejpeg.decode_jpeg(data, colorspace="RGB")
    except ValueError:
        return None
    return photo


def _decode_any(data: bytes, name: str) -> Array:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow warns of, the size check refuses
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(*image.size, name)
                image.load()
                return from_image(image)
    except UnidentifiedImageError as exc:
        raise _fault("The file is not a photo of a known format", name) from exc
    except Image.DecompressionBombError as exc:
        raise _fault(f"The photo has too many pixels: {exc}", name) from exc
    except PhotoError:
        raise
    except _PILLOW_FAULTS as exc:
        raise _fault(f"The photo is damaged or cut off: {exc}", name) from exc


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        raise _fault(
            f"The photo has too many pixels: {width} x {height}, more than {MAX_PIXELS:,}", name
        )


def _to_rgb(image: Image.Image) -> Array:
    if image.mode in {"I;16", "I;16B", "I;16L", "I;16N", "I"}:
        high = (np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(high[..., None], 3, axis=2)
    if image.mode == "F":
        values = np.nan_to_num(np.asarray(image)).clip(0, 255).astype(np.uint8)
        return np.repeat(values[..., None], 3, axis=2)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        opaque = image.convert("RGBA")
        ground = Image.new("RGBA", opaque.size, (0, 0, 0, 255))
        return np.asarray(Image.alpha_composite(ground, opaque).convert("RGB"))
    return np.asarray(image.convert("RGB"))


def _fault(what: str, name: str) -> PhotoError:
    return PhotoError(
        what,
        where=name or None,
        allowed=f"a whole {', '.join(FORMATS)} file of at most {MAX_PIXELS:,} pixels",
        hint="Take the photo again, or leave it out.",
    )
