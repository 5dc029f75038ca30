"""Converts a file, a Pillow image or an array to uint8 RGB, or raises a PhotoError."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFile

from okng.errors import PhotoError, PhotoFault
from okng.preprocess.decoded_cache import opened_once
from okng.preprocess.faults import check_size, fault
from okng.preprocess.files import open_file, read_bytes
from okng.preprocess.formats import heif, jpeg, png, pnm, tiff
from okng.preprocess.forms import PILLOW_FAULTS, Form, Opened, orientation
from okng.preprocess.images import faults_of, open_image, pixels_of, samples_of
from okng.preprocess.kinds import Kind, kind_of, why_unknown
from okng.preprocess.levels import (
    FULL_DEPTH,
    Array,
    Numbers,
    Samples,
    Span,
    span_of,
    to_rgb,
    unsigned,
)
from okng.preprocess.quiet import quiet_pillow
from okng.preprocess.suffixes import RAW_SUFFIXES

# EXIF orientation to the operation that makes the photo upright; 1 needs none.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_READERS = {
    Kind.PNG: png.read,
    Kind.TIFF: tiff.read,
    Kind.PNM: pnm.read,
    Kind.HEIF: heif.read,
}
_BY_PILLOW = {Kind.BMP: ("BMP",), Kind.DIB: ("DIB",), Kind.WEBP: ("WEBP",), Kind.AVIF: ("AVIF",)}


_LEAST = 3
"""Times the network's input that the shorter side of a JPEG keeps when it is decoded at a fraction.
On photos of 4000 x 3000 pixels for 192 that is 1/4: after the resize no pixel is further than one
grey level from that of the full size; with 1/8, 3 levels (benchmarks/inspector/LOG.md)."""
_SIZED = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM")
"""Formats whose size Pillow reads from the header, without decoding."""


class Decoded(NamedTuple):
    """A photo and its form.

    Attributes:
        pixels: uint8 (H, W, 3), RGB, C-contiguous, writable, upright.
        form: properties that the file states.
        span: range of the values, for photos with more than 8 bits; else None.
    """

    pixels: Array
    form: Form
    span: Span | None = None


def read(path: Path | str, *, depth: int | None = FULL_DEPTH, reduced_side: int = 0) -> Array:
    """Read a photo from a file.

    Args:
        path: path of the file.
        depth: bits per channel of photos with more than 8 bits, see `decode`.
        reduced_side: shorter side that a JPEG keeps at least, see `decode`.

    Returns:
        uint8 (H, W, 3), RGB, turned upright by its EXIF orientation.

    Raises:
        PhotoError: the file does not exist, cannot be read, or is not a complete photo.
    """
    return decode(read_bytes(path), str(path), depth=depth, reduced_side=reduced_side)


def decode(
    data: bytes, name: str = "", *, depth: int | None = FULL_DEPTH, reduced_side: int = 0
) -> Array:
    """Decode the bytes of an image file.

    Args:
        data: a JPEG, PNG, BMP, TIFF, WebP, AVIF, HEIC, PGM or PPM file, of at most 128 million
            pixels.
        name: name of the photo, for errors.
        depth: 8 to 16: bits per channel that the cameras of this data set use; photos with more
            than 8 bits are scaled by it. None determines it for each photo by itself.
        reduced_side: a JPEG is decoded at 1/8, 1/4 or 1/2 of its size, where its shorter side keeps
            so many pixels; 0 decodes it at its full size.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, writable, turned upright by its EXIF orientation.
        Transparent pixels are blended with black; an alpha channel with a single value is ignored.

    Raises:
        PhotoError: with the reason.
    """
    return show(open_photo(data, name, reduced_side), name, depth=depth).pixels


def show(opened: Opened, name: str = "", *, depth: int | None = FULL_DEPTH) -> Decoded:
    """The pixels of an opened photo; see `decode`.

    Raises:
        PhotoError: its values exceed the depth.
    """
    pixels = _turned(to_rgb(opened.samples, depth, name), opened.form)
    return Decoded(pixels, opened.form, span_of(opened.samples, name))


def open_photo(data: bytes, name: str = "", reduced_side: int = 0) -> Opened:
    """The samples of an image file, before the depth of its data set is known; see `decode`.

    Raises:
        PhotoError: with the reason.
    """
    if not data:
        raise fault(PhotoFault.EMPTY, "The file is empty (0 bytes)", name)
    kind = kind_of(data)
    if kind is None:
        raise why_unknown(data, name)
    if kind is Kind.TIFF and Path(name).suffix.lower() in RAW_SUFFIXES:
        what = "Raw files of cameras cannot be read: export it as TIFF or PNG"
        raise fault(PhotoFault.FORMAT, what, name)
    divided_by = jpeg.divisor_of(data, reduced_side) if kind is Kind.JPEG and reduced_side else 1
    if not name:  # no file: bytes from a camera or a changed photo, which do not come again
        return _opened(data, name, kind, divided_by)
    return opened_once(data, lambda: _opened(data, name, kind, divided_by), divided_by)


def _opened(data: bytes, name: str, kind: Kind, divided_by: int) -> Opened:
    if kind is Kind.JPEG:
        return jpeg.read(data, name, divided_by=divided_by)
    if kind in _READERS:
        return _READERS[kind](data, name)
    return open_image(data, name, _BY_PILLOW[kind])


def from_image(
    image: Image.Image,
    name: str = "",
    *,
    depth: int | None = FULL_DEPTH,
    reduced_side: int = 0,
) -> Array:
    """The pixels of a Pillow image, equal to those of its file; see `decode`.

    An image that was opened but not yet loaded is decoded from its file.

    Raises:
        PhotoError: it cannot be loaded, or its mode is not that of a photo.
    """
    data = _untouched(image)
    if data is not None:
        return decode(data, name, depth=depth, reduced_side=reduced_side)
    with faults_of(name, "Pillow image"), quiet_pillow:
        check_size(*image.size, name)
        opened = Opened(samples_of(image), Form("", image.mode, 8, orientation(image)))
        return show(opened, name, depth=depth).pixels


def from_array(array: Numbers, name: str = "", *, depth: int | None = FULL_DEPTH) -> Array:
    """The pixels of an array; see `decode`.

    Args:
        array: (H, W) or (H, W, 1) grey, (H, W, 3) RGB or (H, W, 4) RGBA; bool, uint8, or more
            than 8 bits: other integers, or floats in [0, 1] or up to the depth.
        name: name of the photo, for errors.
        depth: bits per channel of photos with more than 8 bits.

    Raises:
        PhotoError: another shape or type, or values that exceed the depth.
    """
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if not array.size or array.ndim not in {2, 3} or array.shape[2:] not in {(), (3,), (4,)}:
        raise PhotoError(
            f"The array has shape {array.shape}",
            allowed="(H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA",
            fault=PhotoFault.FORM,
        )
    if array.dtype.kind not in "buif":
        what = f"The array is {array.dtype}, a photo is uint8, uint16 or float"
        raise PhotoError(what, hint="Scale it to 0-255.", fault=PhotoFault.FORM)
    check_size(array.shape[1], array.shape[0], name)
    if array.dtype.kind == "b":  # a mask: False is black, True is white
        array = array.astype(np.uint8) * 255
    has_alpha = array.ndim == 3 and array.shape[2] == 4
    alpha = array[..., 3] if has_alpha else None
    return to_rgb(Samples(unsigned(array[..., :3] if has_alpha else array), alpha), depth, name)


def pixel_count(photo: Path | str | bytes, reduced_side: int = 0) -> int | None:
    """Number of pixels according to the header, without decoding; None if it is not stated.

    0 for bytes in no known format, which are refused without decoding.

    Args:
        photo: a file or its bytes.
        reduced_side: as in `decode`: the pixels of a JPEG that is decoded at a fraction are those
            of the fraction.
    """
    if isinstance(photo, bytes) and kind_of(photo) is None:
        return 0
    divided_by, pixels = _size(photo, reduced_side)
    return None if pixels is None else -(-pixels // divided_by**2)


def reduced_by(path: Path | str, reduced_side: int) -> int:
    """By what the sides of a photo are divided while it is decoded, by its header; see `decode`."""
    return _size(path, reduced_side)[0]


def side_to_keep(paths: Iterable[Path | str], image_size: int) -> int:
    """The `reduced_side` for a network's input; 0 where no photo is decoded at a fraction by it.

    Args:
        paths: photos; only as many are looked at as it takes to find one that is reduced.
        image_size: height and width of the network's input, in pixels.
    """
    side = _LEAST * image_size
    return side if any(reduced_by(path, side) > 1 for path in paths) else 0


def size_of(photo: bytes) -> tuple[int, int] | None:
    """Width and height of a photo according to its header, before a turn; None if not stated."""
    try:
        with io.BytesIO(photo) as file, quiet_pillow, Image.open(file, formats=_SIZED) as image:
            return image.size
    except (*PILLOW_FAULTS, Image.DecompressionBombError):
        return None


def _size(photo: Path | str | bytes, reduced_side: int) -> tuple[int, int | None]:
    """By what both sides are divided, and the pixels of the whole photo where they are stated."""
    try:
        with (
            io.BytesIO(photo) if isinstance(photo, bytes) else open_file(photo) as file,
            quiet_pillow,
            Image.open(file, formats=_SIZED) as image,
        ):
            is_reduced = image.format == "JPEG" and image.mode != "CMYK"
            side = reduced_side if is_reduced else 0
            return jpeg.divisor(image.height, image.width, side), image.width * image.height
    except (*PILLOW_FAULTS, PhotoError, Image.DecompressionBombError):
        return 1, None


def _turned(photo: Array, form: Form) -> Array:
    turn = _TURNS.get(form.orientation)
    return photo if turn is None else pixels_of(Image.fromarray(photo).transpose(turn))


def _untouched(image: Image.Image) -> bytes | None:
    """The bytes of the file of an image that was not loaded, changed or moved to another frame."""
    # `tile` is empty once the pixels were loaded; `tell` is the number of the frame.
    if not isinstance(image, ImageFile.ImageFile) or not image.tile or image.tell():
        return None
    file = image.fp
    if file is None:
        return None
    try:
        place = file.tell()
        file.seek(0)
        data = file.read()
        file.seek(place)
        # `draft` and `thumbnail` change size or mode without loading: then the file is not it.
        with quiet_pillow, Image.open(io.BytesIO(data)) as fresh:
            return data if (fresh.size, fresh.mode) == (image.size, image.mode) else None
    except PILLOW_FAULTS:
        return None
