"""The resize filter shared by training, audit, report and line: uint8 in, uint8 out.

A triangle filter, widened by the scale when shrinking (antialiased bilinear, as in Pillow and
torch), along the columns first and then along the rows; after each pass values are rounded to whole
grey levels. Weights are integer multiples of 1/65,536, so every product and every sum of the filter
is exact in float32. The result does not depend on the order of the sums, the number of threads or
the runtime, and the graph of the model file (`okng.export.resize`) computes the same pixels.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

UNIT = 65_536
"""Weights are multiples of 1 / UNIT: with 255 grey levels a sum has 24 bits, as float32 does."""
_OUTPUTS = 16  # rows of the result per matrix product: more multiply zeros, fewer add overhead
# Rows of the photo that one product starts from, about: each row of the result depends on a few of
# them, the rest is multiplied by zero. 12 megapixels to 192 pixels: 43 ms with 512, 24 ms with 32.
_INPUTS = 32
# Multiplications per matrix product, at most. OpenBLAS starts threads for larger ones than 262,144;
# where several threads resize, they wait for each other: 21 ms a photo of 300 x 300, not 0.9 ms.
_PRODUCT = 200_000

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
    rows = _shorten(photo.reshape(height, width * channels), size)
    turned = rows.reshape(size, width, channels).transpose(1, 0, 2)
    both = _shorten(turned.reshape(width, size * channels), size)
    return np.ascontiguousarray(both.reshape(size, size, channels).transpose(1, 0, 2))


def resize_weights(before: int, after: int) -> Weights:
    """The filter along one side, as a matrix.

    Returns:
        float32 (after, before), multiples of 1 / UNIT of at least 0; each row sums to 1 exactly.
    """
    return _weights(before, after, 0, after, 0, before)


def _shorten(values: Photo, after: int) -> Photo:
    """Filter and round uint8 (before, K) along its first axis, to uint8 (after, K)."""
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
