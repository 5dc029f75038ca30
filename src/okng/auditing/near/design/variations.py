"""Removes common variations of the remainders: zoom, focus and compression."""

import numpy as np
import numpy.typing as npt

from okng.auditing.near.features import Floats

_VARIATIONS = 4  # directions that are removed
_DRAWN = 400  # photos from which the directions are estimated
_ALIKE = 0.4  # correlation from which two photos may show one part (copies: 0.4 to 0.9)
_PHOTOS_EACH = 10  # photos of different parts, at least, for each direction that is removed
_CHUNK = 1024  # photos that are converted to float32 at a time


def without_variations(vectors: npt.NDArray[np.float16]) -> npt.NDArray[np.float16]:
    """Remove the mean and the few directions in which photos of different parts vary most.

    Many copies of one part would be such a direction by themselves, so of similar photos only one
    is used to estimate the directions.

    Args:
        vectors: float16 (M, D), of unit length.

    Returns:
        float16 (M, D), of unit length, or zero if nothing remains.
    """
    drawn = np.random.default_rng(0).permutation(len(vectors))[:_DRAWN]
    chosen = vectors[drawn].astype(np.float32)
    chosen = chosen[_different(chosen)]
    count = min(_VARIATIONS, len(chosen) // _PHOTOS_EACH)
    if count == 0:
        return vectors
    mean = chosen.mean(axis=0)
    # (count, D): principal components of the remainders of different parts.
    directions = np.linalg.svd(chosen - mean, full_matrices=False)[2][:count]
    result = np.empty_like(vectors)
    for begin in range(0, len(vectors), _CHUNK):
        part = vectors[begin : begin + _CHUNK].astype(np.float32) - mean
        part -= (part @ directions.T) @ directions
        lengths = np.linalg.norm(part, axis=1, keepdims=True)
        result[begin : begin + _CHUNK] = part / lengths.clip(min=1e-6)
    return result


def _different(vectors: Floats) -> list[int]:
    """Rows (by number) that are not similar to an earlier one."""
    alike = vectors @ vectors.T > _ALIKE
    chosen: list[int] = []
    for row in range(len(vectors)):
        if not alike[row, chosen].any():
            chosen.append(row)
    return chosen
