"""The common design of photos, and the remainder of a photo without it.

Each cell of a photo is fitted by least squares with the same cell of some photos of other parts,
and with variations of their mean: shifted, sharper, softer, with other contrast. The remainder
belongs to the part alone: its grain, scratches and dirt (decision 0016).
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from okng.auditing.near.design.flat import (
    CELL,
    Flat,
    blurred,
    from_cells,
    in_cells,
)
from okng.auditing.near.features import Floats

_STRIDE = 3  # pixels: remainders are compared at a third of the resolution of the frame
_SOFT = 1.2  # pixels: finer structure does not survive rotation and re-encoding
_RIDGE = 1e-3  # deviation of the jitter: far below the structure, far above rounding
_LEAST_ENERGY = 0.5  # of the median cell: nearly empty cells must not be amplified
DIMENSIONS_OF_CELL = (CELL // _STRIDE) ** 2


class Remainder(NamedTuple):
    """The remainder of a photo without the common design.

    Attributes:
        vector: float32 (D,), of unit length; each known cell has nearly the same weight.
        share: fraction of the fine structure that remains, in [0, 1]; near 1 if the photo does not
            show the design.
    """

    vector: Floats
    share: float


class CommonDesign:
    """The common design of some photos.

    Args:
        photos: photos of different parts, aligned with one photo.
    """

    def __init__(self, photos: Sequence[Flat]) -> None:
        pixels = [photo.pixels for photo in photos]
        self._shape = pixels[0].shape[0], pixels[0].shape[1]
        mean: Floats = np.stack(pixels).mean(axis=0)
        columns = [*pixels, *_changed(mean), np.ones_like(mean)]
        # (cells, pixels of a cell, columns): one least-squares problem per cell.
        explaining = np.stack([in_cells(column) for column in columns], axis=2)
        jitter = np.random.default_rng(0).normal(0, _RIDGE, explaining.shape)
        # Jitter in place of a rank decision: columns may be equal, or zero outside of a photo.
        self._basis = np.linalg.qr(explaining + jitter)[0].astype(np.float32)
        self._backward = np.ascontiguousarray(self._basis.transpose(0, 2, 1))

    def left_of(self, photo: Flat) -> Remainder:
        """The remainder of one photo in the frame of the design."""
        known = photo.cells.reshape(-1, 1)
        cells = in_cells(photo.pixels) * known
        # Remainder of the projection onto the span of the columns: Q Q^T x.
        left = cells - (self._basis @ (self._backward @ cells[:, :, None]))[:, :, 0]
        energy = float((cells * cells).sum())
        share = float((left * left).sum()) / energy if energy > 0 else 1.0
        return Remainder(self._vector(left, known[:, 0]), share)

    def _vector(self, left: Floats, known: npt.NDArray[np.bool_]) -> Floats:
        height, width = self._shape
        soft = blurred(from_cells(left, self._shape), _SOFT)
        small = cv2.resize(soft, (width // _STRIDE, height // _STRIDE), None, 0, 0, cv2.INTER_AREA)
        side = CELL // _STRIDE
        # (rows, 8, columns, 8) -> (rows, columns, 8, 8): one row of the result per cell.
        parted = small.reshape(height // CELL, side, width // CELL, side).transpose(0, 2, 1, 3)
        cells = parted.reshape(-1, DIMENSIONS_OF_CELL) * known[:, None]
        lengths = np.sqrt((cells * cells).sum(axis=1))
        middle = float(np.median(lengths[known])) if known.any() else 0.0
        vector = (cells / (lengths + _LEAST_ENERGY * middle + 1e-6)[:, None]).ravel()
        return np.asarray(vector / max(1e-6, float(np.sqrt(vector @ vector))), dtype=np.float32)


def _changed(mean: Floats) -> list[Floats]:
    """The mean (h, w) shifted, turned a little, sharper, softer and with other contrast."""
    down, right = np.gradient(mean)
    second = [np.gradient(down, axis=0), np.gradient(right, axis=1), np.gradient(right, axis=0)]
    softer = [mean - blurred(mean, width) for width in (0.7, 1.5)]
    return [down, right, *second, *softer, mean * np.abs(mean), mean**3]
