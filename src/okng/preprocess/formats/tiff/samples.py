"""Decodes the samples of a TIFF page from its rows: any number of bits, planar or interleaved."""

from typing import NamedTuple

import numpy as np

from okng.preprocess.formats.tiff import directory as tags
from okng.preprocess.formats.tiff.directory import Directory
from okng.preprocess.formats.tiff.rows import Rows, planes
from okng.preprocess.levels import Array, Numbers

_KINDS = {1: "u", 2: "i", 3: "f", 4: "u"}  # SampleFormat; 4 is undefined, in practice unsigned
_FLOAT_BITS = (16, 32, 64)
_WHOLE_BITS = (*range(8, 17), 32)
_DIFFERENCES, _FLOAT_DIFFERENCES = 2, 3  # values of the tag Predictor
_WITH_PREDICTOR = (5, 8, 32946, 34925, 50000)  # LZW, Deflate, LZMA, Zstandard


class Layout(NamedTuple):
    """The layout of the samples of a page.

    Attributes:
        bits: per sample.
        kind: u, i or f: unsigned, signed, float.
        channels: samples per pixel.
        planar: whether each channel is stored as a separate plane.
    """

    bits: int
    kind: str
    channels: int
    planar: bool


def layout_of(page: Directory) -> Layout | str:
    """The layout of a page, or the reason why it is not supported."""
    channels = page.one(tags.CHANNELS, 1)
    bits = set(page.many(tags.BITS)[:channels] or (1,))
    numbers = set(page.many(tags.NUMBERS)[:channels] or (1,))
    if len(bits) > 1 or len(numbers) > 1:
        return "channels of different depths"
    (depth,), (number,) = bits, numbers
    kind = _KINDS.get(number)
    if kind is None:
        return "complex numbers"
    if depth >= 8 and depth not in (_FLOAT_BITS if kind == "f" else _WHOLE_BITS):
        return f"{'float' if kind == 'f' else 'int'}{depth}"
    return Layout(depth, kind, channels, planar=page.one(tags.PLANAR, 1) == 2 and channels > 1)


def samples(data: bytes, page: Directory, layout: Layout) -> Numbers:
    """The samples of a page, (H, W, channels).

    Raises:
        ValueError: bytes are missing.
        OSError: they cannot be decompressed.
    """
    width, height = page.size
    each = 1 if layout.planar else layout.channels
    tile_width = page.one(tags.TILE_WIDTH) if page.many(tags.TILES) else 0
    tile_height = page.one(tags.TILE_HEIGHT) if tile_width else page.one(tags.ROWS, height)
    # Tiles extend beyond the photo; they are cropped after the predictor is undone.
    wide = -(-width // tile_width) * tile_width if tile_width else width
    rows = Rows(
        _row_bytes(wide, each, layout.bits),
        height,
        _row_bytes(tile_width, each, layout.bits) if tile_width else 0,
        min(tile_height, height) if not tile_width else tile_height,
    )
    if rows.tile_height < 1 or (tile_width and tile_width * each * layout.bits % 8):
        raise ValueError("its strips have no height")
    parts = planes(data, page, rows, layout.channels if layout.planar else 1)
    packed = page.one(tags.COMPRESSION, 1) in _WITH_PREDICTOR  # elsewhere the tag has no meaning
    predictor = page.one(tags.PREDICTOR, 1) if packed else 1
    step = tile_width or width
    numbers = [_numbers(plane, page, layout, (wide, each), predictor, step) for plane in parts]
    whole = numbers[0] if len(numbers) == 1 else np.concatenate(numbers, axis=2)
    return whole[:, :width]


def _row_bytes(width: int, each: int, bits: int) -> int:
    return -(-width * each * bits // 8)


def _numbers(
    rows: Array, page: Directory, layout: Layout, shape: tuple[int, int], predictor: int, step: int
) -> Numbers:
    # rows: uint8 (height, bytes per row) -> (height, width, each), each = channels per plane
    width, each = shape
    if layout.bits % 8:
        return _small_words(rows, layout.bits, width * each).reshape(len(rows), width, each)
    word = layout.bits // 8
    if predictor == _FLOAT_DIFFERENCES:
        return _floats(rows, word, shape, step)
    kind = np.dtype(f"{page.order}{layout.kind}{word}")
    numbers = np.ascontiguousarray(rows).view(kind).reshape(len(rows), width, each)
    numbers = numbers.astype(kind.newbyteorder("="), copy=False)
    return _summed(numbers, step) if predictor == _DIFFERENCES else numbers


def _summed(numbers: Numbers, step: int) -> Numbers:
    """Undo horizontal differences, which restart in every tile; sums wrap around."""
    parts = [
        np.cumsum(numbers[:, left : left + step], axis=1, dtype=numbers.dtype)
        for left in range(0, numbers.shape[1], step)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def _floats(rows: Array, word: int, shape: tuple[int, int], step: int) -> Numbers:
    """Undo the floating-point predictor: differences of bytes, grouped by significance."""
    width, each = shape
    parts = []
    for left in range(0, width, step):
        across = min(step, width - left)
        part = rows[:, left * each * word : (left + across) * each * word]
        # (height, bytes of a row / each, each): differences run per channel over all bytes.
        flat = part.reshape(len(rows), across * word, each)
        summed = np.cumsum(flat, axis=1, dtype=np.uint8).reshape(len(rows), word, across * each)
        big = np.ascontiguousarray(summed.transpose(0, 2, 1)).view(f">f{word}")
        parts.append(big.reshape(len(rows), across, each).astype(f"=f{word}"))
    return np.concatenate(parts, axis=1)


def _small_words(rows: Array, bits: int, count: int) -> Numbers:
    """Words of 9 to 15 bits, packed without gaps, most significant bit first."""
    words = np.empty((len(rows), count), np.uint16)
    weights = (1 << np.arange(bits)[::-1]).astype(np.uint16)
    for number, row in enumerate(rows):  # row by row: unpacked bits need eight times the memory
        ones = np.unpackbits(row)[: count * bits].reshape(count, bits)
        words[number] = ones @ weights
    return words
