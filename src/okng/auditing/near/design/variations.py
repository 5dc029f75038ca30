"""What is left of photos varies alike, with zoom, focus and compression: this is taken away."""

import numpy as np
import numpy.typing as npt

from okng.auditing.near.features import Floats

_VARIATIONS = 4
_DRAWN = 400
_ALIKE = 0.4  # correlation from which on two photos may show one part
_PHOTOS_EACH = 10  # photos of different parts, at least, for each variation that is taken away
_CHUNK = 1024


def without_variations(vectors: npt.NDArray[np.float16]) -> npt.NDArray[np.float16]:
    """Take away the mean and the few directions in which photos of different parts vary most.

    Many copies of one part would be such a direction by themselves, so only one photo of those that
    are alike takes part in the choice.

    Args:
        vectors: (M, D), of unit length.

    Returns:
        As many, of unit length, or zero where nothing is left.
    """
    drawn = np.random.default_rng(0).permutation(len(vectors))[:_DRAWN]
    chosen = vectors[drawn].astype(np.float32)
    chosen = chosen[_different(chosen)]
    count = min(_VARIATIONS, len(chosen) // _PHOTOS_EACH)
    if count == 0:
        return vectors
    mean = chosen.mean(axis=0)
    directions = np.linalg.svd(chosen - mean, full_matrices=False)[2][:count]
    result = np.empty_like(vectors)
    for begin in range(0, len(vectors), _CHUNK):
        part = vectors[begin : begin + _CHUNK].astype(np.float32) - mean
        part -= (part @ directions.T) @ directions
        lengths = np.linalg.norm(part, axis=1, keepdims=True)
        result[begin : begin + _CHUNK] = part / lengths.clip(min=1e-6)
    return result


def _different(vectors: Floats) -> list[int]:
    """Rows none of which is like an earlier one."""
    alike = vectors @ vectors.T > _ALIKE
    chosen: list[int] = []
    for row in range(len(vectors)):
        if not alike[row, chosen].any():
            chosen.append(row)
    return chosen
