"""Bytes of an image file -> pixels, or a PhotoError with the reason."""

import contextlib
import io
import struct
import threading
import warnings
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import ExifTags, Image, UnidentifiedImageError

from okng.errors import PhotoError

Array = npt.NDArray[np.uint8]
FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
MAX_PIXELS = 128_000_000

_STARTS = (b"\xff\xd8", b"\x89PNG", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_OTHER_STARTS = {b"GIF8": "GIF", b"%PDF": "PDF", b"8BPS": "Photoshop", b"\0\0\0\x0cjP": "JPEG 2000"}
# What Pillow and its plugins raise on damaged files; it documents no list.
_PILLOW_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    LookupError,
    ArithmeticError,
    struct.error,
    MemoryError,
)
# Warnings of libjpeg after which the rest of the photo is made up; it only calls others harmless.
_JPEG_LOSSES = ("premature end", "bad huffman", "instead of rst")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read(path: Path | str) -> Array:
    """Read a photo from a file.

    Returns:
        uint8 (H, W, 3), RGB, upright after its EXIF orientation.

    Raises:
        PhotoError: the file is not there, may not be read, or is not a whole photo.
    """
    return decode(read_bytes(path), str(path))


def read_bytes(path: Path | str) -> bytes:
    """The bytes of a file.

    Raises:
        PhotoError: the file is not there, is a folder, or may not be read.
    """
    try:
        return Path(path).read_bytes()
    except OSError as exc:
        raise PhotoError(
            f"The file cannot be read: {exc.strerror}", where=path, hint="Check path and rights."
        ) from exc


def decode(data: bytes, name: str = "") -> Array:
    """Decode the bytes of an image file.

    Args:
        data: a JPEG, PNG, BMP, TIFF or WebP file, of at most 128 million pixels.
        name: what to call the photo in an error.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, writable, upright after its EXIF orientation. 16-bit
        photos keep their high byte; transparent ones are laid on black; of several frames the
        first is taken.

    Raises:
        PhotoError: with a reason that a person understands.
    """
    if not data:
        raise _fault("The file is empty (0 bytes)", name)
    try:
        with _quiet_pillow, Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(*image.size, name)
            return _pixels(image, data, name)
    except Image.DecompressionBombError as exc:
        raise _fault("The photo has too many pixels", name) from exc
    except PhotoError:
        raise
    except UnidentifiedImageError as exc:
        raise _fault(_why_unknown(data), name) from exc
    except _PILLOW_FAULTS as exc:
        raise _fault(f"The photo is damaged or cut off: {_reason(exc)}", name) from exc


def is_grey(photos: Array) -> bool:
    """Whether red, green and blue are equal everywhere in one photo (H, W, 3) or in several."""
    red, green, blue = (photos[..., channel] for channel in range(3))
    return bool(np.array_equal(red, green) and np.array_equal(green, blue))


def shrink(photo: Array, size: int) -> Array:
    """Resize to uint8 (size, size, 3) with the triangle filter that the model file uses."""
    if photo.shape[:2] == (size, size):
        return photo
    return np.array(Image.fromarray(photo).resize((size, size), Image.Resampling.BILINEAR))


def _pixels(image: Image.Image, data: bytes, name: str) -> Array:
    photo = _decode_jpeg(data, name) if image.format in {"JPEG", "MPO"} else None
    if photo is None:
        image.load()
        photo = _to_rgb(image)
    # Asked after loading, because Pillow turns TIFF files itself and then forgets the orientation.
    turn = _TURNS.get(orientation(image))
    return photo if turn is None else np.array(Image.fromarray(photo).transpose(turn))


def _decode_jpeg(data: bytes, name: str) -> Array | None:
    """The quick way; None where Pillow should have a look.

    Pillow fills the missing part of a cut photo with grey when an end marker follows, so a loss of
    pixels that libjpeg reports is final.
    """
    try:
        space = simplejpeg.decode_jpeg_header(data)[2]
        four_inks = space in {"CMYK", "YCCK"}
        photo: Array = simplejpeg.decode_jpeg(data, colorspace="CMYK" if four_inks else "RGB")
    except ValueError as exc:
        if any(loss in str(exc).lower() for loss in _JPEG_LOSSES):
            raise _fault(f"The photo is damaged or cut off: {exc}", name) from exc
        return None
    return None if four_inks else photo


def orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8; a photo whose EXIF data are damaged counts as upright."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation)
    except _PILLOW_FAULTS:
        return 1
    return value if isinstance(value, int) else 1


def _to_rgb(image: Image.Image) -> Array:
    if image.mode.startswith("I"):
        return _repeat((np.asarray(image).astype(np.int64) >> 8).clip(0, 255))
    if image.mode == "F":
        return _repeat(np.nan_to_num(np.asarray(image)).clip(0, 255))
    if image.has_transparency_data:
        opaque = image.convert("RGBA")
        ground = Image.new("RGBA", opaque.size, (0, 0, 0, 255))
        return np.array(Image.alpha_composite(ground, opaque).convert("RGB"))
    return np.array(image.convert("RGB"))


def _repeat(grey: npt.NDArray[np.generic]) -> Array:
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        raise _fault(f"The photo has too many pixels: {width} x {height}", name)


def _why_unknown(data: bytes) -> str:
    if data.startswith(_STARTS):
        return "The photo is damaged or cut off: its header cannot be read"
    if data[4:8] == b"ftyp":
        return "The format is not allowed: HEIC, AVIF or a video"
    for start, kind in _OTHER_STARTS.items():
        if data.startswith(start):
            return f"The format is not allowed: {kind}"
    return "The file is not a photo of a known format"


def _reason(exc: BaseException) -> str:
    return str(exc) or type(exc).__name__


def _fault(what: str, name: str) -> PhotoError:
    return PhotoError(
        what,
        where=name or None,
        allowed=f"a whole {', '.join(FORMATS)} file of at most {MAX_PIXELS:,} pixels",
        hint="Take the photo again, or leave it out.",
    )


class _QuietPillow:
    """Silences Pillow's warnings while any thread decodes: we refuse by our own rules.

    `warnings.catch_warnings` is not made for threads: left in another order than entered, it would
    leave its filter behind. So the first thread in sets it and the last one out removes it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = 0
        self._filters = contextlib.ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if self._threads == 0:
                self._filters.enter_context(warnings.catch_warnings())
                warnings.filterwarnings("ignore", module=r"PIL\.")
            self._threads += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._threads -= 1
            if self._threads == 0:
                self._filters.close()


_quiet_pillow = _QuietPillow()
