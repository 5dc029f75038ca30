"""The resize filter shared by training, audit, report and line: uint8 in, uint8 out.

A triangle filter, widened by the scale when shrinking (antialiased bilinear, as in Pillow and
torch), along the columns first and then along the rows; after each pass values are rounded to whole
grey levels. Weights are integer multiples of 1/65,536, so every product and every sum of the filter
is exact in float32. The result does not depend on the order of the sums, the number of threads or
the runtime, and the graph of the model file (`okng.export.resize`) computes the same pixels.
"""

from functools import lru_cache
from math import ceil, gcd
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

UNIT = 65_536
"""Weights are multiples of 1 / UNIT: with 255 grey levels a sum has 24 bits, as float32 does."""
_OUTPUTS = 16  # rows of the result per matrix product: more multiply zeros, fewer add overhead
# Rows of the photo that one product starts from, about: each row of the result depends on a few of
# them, the rest is multiplied by zero. 12 megapixels to 192 pixels: 43 ms with 512, 24 ms with 32.
_INPUTS = 32
# Multiplications per matrix product, at most. OpenBLAS starts threads for larger ones than 262,144;
# where several threads resize, they wait for each other: 21 ms a photo of 300 x 300, not 0.9 ms.
_PRODUCT = 260_000

_AT_ONCE = 400_000
"""Values that are filtered by a few large products, at most: their copy in float32 has 1.6 MB.
Larger copies come from the operating system page by page, which takes longer than the products."""
_LONGEST = 80  # inputs of a block of equal length, at most

_STRETCH = 3 * 65_536
"""Values that are compared at a time: a coloured photo is known by its first ones."""
_WITHIN = np.resize([True, True, False], _STRETCH)
"""Whether a value and the one after it are of the same pixel."""

Photo = npt.NDArray[np.uint8]
Weights = npt.NDArray[np.float32]


def resize(photo: Photo, size: int) -> Photo:
    """Resize both sides to `size`.

    Args:
        photo: uint8 (H, W, C).
        size: height and width of the result, in pixels.

    Returns:
        uint8 (size, size, C); the photo itself where it has that size.
    """
    height, width, channels = photo.shape
    if (height, width) == (size, size):
        return photo
    if channels == 3 and is_grey(photo):  # most photos of cameras above a line
        return np.repeat(resize(np.ascontiguousarray(photo[..., :1]), size), 3, axis=2)
    rows = _shorten(photo.reshape(height, width * channels), size)
    turned = rows.reshape(size, width, channels).transpose(1, 0, 2)
    both = _shorten(turned.reshape(width, size * channels), size)
    return np.ascontiguousarray(both.reshape(size, size, channels).transpose(1, 0, 2))


def is_grey(photos: Photo) -> bool:
    """Whether red, green and blue are equal everywhere in one photo (H, W, 3) or in several.

    Neighbours in memory are compared, which takes a third of the time of comparing channels.
    """
    values = np.ascontiguousarray(photos).reshape(-1)
    return not any(_differs(values[at : at + _STRETCH]) for at in range(0, len(values), _STRETCH))


def _differs(values: Photo) -> bool:
    different = values[:-1] != values[1:]
    different &= _WITHIN[: len(different)]
    return bool(different.any())


def resize_weights(before: int, after: int) -> Weights:
    """The filter along one side, as a matrix.

    Returns:
        float32 (after, before), multiples of 1 / UNIT of at least 0; each row sums to 1 exactly.
    """
    return _weights(before, after, 0, after, 0, before)


def _shorten(values: Photo, after: int) -> Photo:
    """Filter and round uint8 (before, K) along its first axis, to uint8 (after, K)."""
    windows = _windows(len(values), after)
    if windows is not None and values.size <= _AT_ONCE:
        return _by_windows(values, windows)
    return _by_blocks(values, after)


def _by_windows(values: Photo, windows: "_Windows") -> Photo:
    """All blocks in one call: a tenth of the calls, so readers in other threads wait less."""
    blocks, step, reach = windows.weights.shape
    result = np.empty((blocks * step, values.shape[1]), dtype=np.uint8)
    width = max(1, _PRODUCT // (step * reach))
    for column in range(0, values.shape[1], width):
        some = values[:, column : column + width]
        rows = np.zeros((len(values) + 2 * windows.margin, some.shape[1]), dtype=np.float32)
        rows[windows.margin : windows.margin + len(values)] = some
        # Views of `reach` rows each, which overlap: (blocks, reach, K). `sliding_window_view` would
        # be the safe way to them, and takes as long as a third of the products.
        shape, (row, value) = (blocks, reach, some.shape[1]), rows.strides
        seen = as_strided(rows, shape, (windows.stride * row, row, value), writeable=False)
        sums = windows.weights @ seen
        sums += np.float32(0.5)
        result[:, column : column + width] = sums.reshape(len(result), -1)
    return result


def _by_blocks(values: Photo, after: int) -> Photo:
    result = np.empty((after, values.shape[1]), dtype=np.uint8)
    for block in _blocks(len(values), after):
        source = values[block.first : block.last]
        step = max(1, _PRODUCT // block.weights.size)
        for column in range(0, values.shape[1], step):
            sums = block.weights @ source[:, column : column + step].astype(np.float32)
            sums += np.float32(0.5)
            # The cast truncates, so + 0.5 rounds half up.
            result[block.begin : block.end, column : column + step] = sums
    return result


class _Windows(NamedTuple):
    """Blocks of equal length that start at every `stride`-th input.

    Attributes:
        margin: rows of zeros before the first input and after the last.
        stride: inputs from one block to the next.
        weights: float32 (blocks, outputs of a block, inputs of a block).
    """

    margin: int
    stride: int
    weights: Weights


@lru_cache(maxsize=64)
def _windows(before: int, after: int) -> _Windows | None:
    """None where blocks of equal length would be long, so most products would be with zero."""
    step = _OUTPUTS // (unit := after // gcd(before, after)) * unit
    while step and after % step:
        step -= unit
    stride = step * before // after
    margin = ceil(max(before / after, 1.0)) + 1
    reach = stride + 2 * margin
    if not step or reach > _LONGEST:
        return None
    weights = np.zeros((after // step, step, reach), dtype=np.float32)
    for number, block in enumerate(weights):
        begin, start = number * step, number * stride - margin
        first, last = max(start, 0), min(start + reach, before)
        inside = slice(first - start, last - start)
        block[:, inside] = _weights(before, after, begin, begin + step, first, last)
    return _Windows(margin, stride, weights)


class _Block(NamedTuple):
    """Outputs `begin` to `end` depend on inputs `first` to `last` only."""

    begin: int
    end: int
    first: int
    last: int
    weights: Weights


@lru_cache(maxsize=64)
def _blocks(before: int, after: int) -> tuple[_Block, ...]:
    step = max(1, min(_OUTPUTS, _INPUTS * after // before))
    return tuple(
        _block(before, after, begin, min(begin + step, after)) for begin in range(0, after, step)
    )


def _block(before: int, after: int, begin: int, end: int) -> _Block:
    reach = max(before / after, 1.0)
    first = max(0, int((begin + 0.5) * before / after - reach) - 1)
    last = min(before, int((end - 0.5) * before / after + reach) + 2)
    return _Block(begin, end, first, last, _weights(before, after, begin, end, first, last))


def _weights(before: int, after: int, begin: int, end: int, first: int, last: int) -> Weights:
    """Rows `begin` to `end` and columns `first` to `last` of the matrix; it is 0 elsewhere.

    Distances are integers in units of 1 / (2 * after) pixels. Rounding their cumulative sums, not
    each weight, makes every row sum to 1. `export.resize` takes the same steps in torch; it avoids
    a product before a sum or a division, which runtimes may fuse into one rounding.
    """
    centres = (2 * np.arange(begin, end, dtype=np.int64) + 1) * before
    pixels = (2 * np.arange(first, last, dtype=np.int64) + 1) * after
    apart = np.abs(pixels[None] - centres[:, None])
    sums = (2 * max(before, after) - apart).clip(min=0).cumsum(1).astype(np.float32)
    total, unit = sums[:, -1:], np.float32(UNIT)
    edges = np.floor((sums + total / (2 * unit)) * (unit / total))
    return np.asarray(np.diff(edges, axis=1, prepend=np.float32(0)) / unit)
