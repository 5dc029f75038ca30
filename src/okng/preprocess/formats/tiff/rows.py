"""Reads the rows of a TIFF page, plane by plane: decompresses strips and assembles tiles."""

import io
import struct
from typing import NamedTuple

import numpy as np
from PIL import TiffImagePlugin

from okng.preprocess.formats.tiff import directory as tags
from okng.preprocess.formats.tiff.directory import Directory
from okng.preprocess.levels import Array

_NONE = 1
LOSSLESS = (_NONE, 5, 8, 32946, 32773, 34925, 50000)
"""None, LZW, Deflate (two numbers), PackBits, LZMA, Zstandard."""
_SHORT, _LONG = 3, 4  # types of values in a directory


class Rows(NamedTuple):
    """The layout of the rows of one plane.

    Attributes:
        width: of a row, in bytes.
        height: number of rows.
        tile_width: in bytes; 0 for strips.
        tile_height: rows of a tile or a strip.
    """

    width: int
    height: int
    tile_width: int
    tile_height: int

    @property
    def segments(self) -> int:
        """Number of strips or tiles of a plane."""
        down = -(-self.height // self.tile_height)
        return down * (-(-self.width // self.tile_width) if self.tile_width else 1)


def planes(data: bytes, page: Directory, rows: Rows, count: int) -> list[Array]:
    """The planes of a page, uint8 (height, bytes of a row) each.

    Raises:
        ValueError: bytes are missing.
        OSError: they cannot be decompressed.
    """
    segments = page.segments
    if len(segments) < count * rows.segments:
        raise ValueError(f"{count * rows.segments - len(segments)} strips are missing")
    for place, size in segments:
        if place + size > len(data):
            raise ValueError(f"{place + size - len(data):,} bytes are missing")
    parts = [segments[n * rows.segments : (n + 1) * rows.segments] for n in range(count)]
    if page.one(tags.COMPRESSION, _NONE) == _NONE and page.one(tags.FILL_ORDER, 1) == 1:
        return [_plain(data, rows, part) for part in parts]
    return [_unpacked(data, page, rows, part) for part in parts]


def _plain(data: bytes, rows: Rows, segments: list[tuple[int, int]]) -> Array:
    if rows.tile_width:
        return _tiles(data, rows, segments)
    result = np.empty((rows.height, rows.width), np.uint8)
    for number, (place, size) in enumerate(segments):
        top = number * rows.tile_height
        height = min(rows.tile_height, rows.height - top)
        if size < height * rows.width:
            raise ValueError(f"{height * rows.width - size:,} bytes of a strip are missing")
        strip = np.frombuffer(data, np.uint8, height * rows.width, place)
        result[top : top + height] = strip.reshape(height, rows.width)
    return result


def _tiles(data: bytes, rows: Rows, segments: list[tuple[int, int]]) -> Array:
    result = np.empty((rows.height, rows.width), np.uint8)
    across = -(-rows.width // rows.tile_width)
    for number, (place, size) in enumerate(segments):
        if size < rows.tile_width * rows.tile_height:
            raise ValueError("bytes of a tile are missing")
        tile = np.frombuffer(data, np.uint8, rows.tile_width * rows.tile_height, place)
        top, left = number // across * rows.tile_height, number % across * rows.tile_width
        # Tiles at the right and lower edge extend beyond the photo and are cropped.
        part = result[top : top + rows.tile_height, left : left + rows.tile_width]
        tile = tile.reshape(rows.tile_height, rows.tile_width)
        part[:] = tile[: part.shape[0], : part.shape[1]]
    return result


def _unpacked(data: bytes, page: Directory, rows: Rows, segments: list[tuple[int, int]]) -> Array:
    """Decompress the rows with Pillow, as a grey photo of 8 bits, so that bytes stay unchanged."""
    places, sizes = zip(*segments, strict=True)
    if rows.tile_width:
        shape = [(tags.TILE_WIDTH, rows.tile_width), (tags.TILE_HEIGHT, rows.tile_height)]
        where = [(tags.TILES, places), (tags.TILE_BYTES, sizes)]
    else:
        shape = [(tags.ROWS, rows.tile_height)]
        where = [(tags.STRIPS, places), (tags.STRIP_BYTES, sizes)]
    plain = [
        (tags.WIDTH, rows.width), (tags.HEIGHT, rows.height), (tags.BITS, 8),
        (tags.COMPRESSION, page.one(tags.COMPRESSION)), (tags.PHOTOMETRIC, 1),
        (tags.FILL_ORDER, page.one(tags.FILL_ORDER, 1)), (tags.CHANNELS, 1), *shape,
    ]  # fmt: skip
    file = _with_directory(data, dict([*((tag, (value,)) for tag, value in plain), *where]))
    with TiffImagePlugin.TiffImageFile(io.BytesIO(file)) as image:
        return np.asarray(image)


def _with_directory(data: bytes, entries: dict[int, tuple[int, ...]]) -> bytes:
    """A TIFF file with the same data and a single page with these tags; offsets stay the same.

    The first 8 bytes are replaced: they are the header, and no pixels in a BigTIFF either.
    """
    end = len(data) + len(data) % 2  # offsets must be even
    head = struct.pack("<2sHI", b"II", 42, 0)
    arrays, listed = bytearray(), []
    for tag, values in sorted(entries.items()):
        body = struct.pack(f"<{len(values)}I", *values)
        if len(values) > 1:
            place = end + len(arrays)
            arrays += body
            body = struct.pack("<I", place)
        listed.append(struct.pack("<HHI", tag, _LONG, len(values)) + body)
    start = struct.pack("<I", end + len(arrays))
    directory = struct.pack("<H", len(listed)) + b"".join(listed) + bytes(4)
    return b"".join([head[:4], start, data[8:], bytes(end - len(data)), arrays, directory])
