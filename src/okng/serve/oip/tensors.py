"""Tensors -> photos, and answers -> tensors."""

import base64
import binascii
import io
import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng.serve.oip.bodies import wrong

_LENGTH = struct.Struct("<I")


def pixel_photos(
    shape: Sequence[int], data: list[Any] | bytes, *, most: int, pixels: float
) -> list[bytes]:
    """Photos of the input `photo`, each as a BMP file, which has the same pixels.

    Args:
        shape: as stated.
        data: nested or flat list, or bytes.
        most: photos, at most.
        pixels: of one photo, at most.

    Raises:
        StationError: shape and data do not fit, or there are too many of them.
    """
    if len(shape) != 4 or shape[3] != 3 or min(shape) < 1:  # N, H, W, 3
        raise wrong(f"The shape of photo is [N,H,W,3], not {list(shape)}")
    # before the product: a shape alone must not reserve memory
    if shape[0] > most or shape[1] * shape[2] > pixels:
        raise wrong(
            f"The shape {list(shape)} is too large",
            f"At most {most} photos of {pixels / 1e6:g} megapixels.",
        )
    size = math.prod(shape)
    values = _from_bytes(data, size) if isinstance(data, bytes) else _from_list(data, shape, size)
    return [_bmp(photo) for photo in values.reshape(shape)]


def encoded_photos(shape: Sequence[int], data: list[Any] | bytes, *, most: int) -> list[bytes]:
    """Photos of the input `photo_bytes`: bytes, or texts in base64 where the data are JSON.

    Raises:
        StationError: shape and data do not fit, or there are too many of them.
    """
    if len(shape) != 1 or shape[0] < 1:
        raise wrong(f"The shape of photo_bytes is [N], not {list(shape)}")
    if shape[0] > most:
        raise wrong(f"{shape[0]} photos are too many", f"At most {most} in one request.")
    photos = elements(data) if isinstance(data, bytes) else [_base64(each) for each in data]
    if len(photos) != shape[0]:
        raise wrong(f"photo_bytes has {len(photos)} elements, and its shape is {list(shape)}")
    return photos


def elements(data: bytes) -> list[bytes]:
    """Elements of a BYTES tensor: four bytes of length before each.

    Raises:
        StationError: an element ends behind the data.
    """
    parts: list[bytes] = []
    place = 0
    while place < len(data):
        # 4 bytes of length, little-endian, then the element (facts.md 1.2)
        if place + 4 > len(data):
            raise wrong("The data of photo_bytes end within a length")
        (length,) = _LENGTH.unpack_from(data, place)
        end = place + 4 + length
        if end > len(data):
            raise wrong(f"An element of photo_bytes states {length} bytes, and is not whole")
        parts.append(data[place + 4 : end])
        place = end
    return parts


def joined(texts: Sequence[str]) -> bytes:
    """The bytes of a BYTES tensor."""
    parts = [text.encode() for text in texts]
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def _from_bytes(data: bytes, size: int) -> npt.NDArray[np.uint8]:
    if len(data) != size:
        raise wrong(f"photo has {len(data)} bytes of data, and its shape asks for {size}")
    return np.frombuffer(data, np.uint8)


def _from_list(data: list[Any], shape: Sequence[int], size: int) -> npt.NDArray[np.uint8]:
    try:
        values = np.array(data)  # ValueError: lists of different lengths
    except (ValueError, OverflowError) as exc:
        raise wrong("The data of photo are not a tensor of numbers") from exc
    if values.shape not in {(size,), tuple(shape)}:  # flat, row by row, or nested (facts.md 1.1)
        raise wrong(f"The data of photo have the shape {list(values.shape)}, not {list(shape)}")
    if values.dtype.kind not in "iu" or values.min() < 0 or values.max() > 255:
        raise wrong("The data of photo are whole numbers from 0 to 255")
    return values.astype(np.uint8)


def _base64(text: object) -> bytes:
    if not isinstance(text, str):
        raise wrong("In JSON, an element of photo_bytes is a text in base64")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise wrong(f"An element of photo_bytes is not base64: {exc}") from exc


# Photos of records are files; BMP is the one that costs nothing to write and loses nothing.
def _bmp(pixels: npt.NDArray[np.uint8]) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "BMP")
    return data.getvalue()
