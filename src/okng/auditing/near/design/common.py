"""What photos of one design have in common, and what is left of a photo without it.

Cell by cell, a photo is explained by the same cell of some photos of other parts, and by changed
versions of their mean: moved, sharper, softer, of other contrast. What least squares cannot explain
is the part's own: its grain, scratches and dirt.
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

_STRIDE = 3  # pixels: what is left is compared at a third of the resolution of the frame
_SOFT = 1.2  # pixels: finer structure does not survive turning and re-encoding
_RIDGE = 1e-3
_LEAST_ENERGY = 0.5  # of the median cell: nearly empty cells must not be blown up
DIMENSIONS_OF_CELL = (CELL // _STRIDE) ** 2


class Remainder(NamedTuple):
    """What is left of a photo.

    Attributes:
        vector: float32 (D,), of unit length; each known cell weighs nearly the same.
        share: of the fine structure that was left, in [0, 1]; near 1 where the photo does not lie
            on the design.
    """

    vector: Floats
    share: float


class CommonDesign:
    """The design that some photos share.

    Args:
        photos: of different parts, all in the frame of one photo.
    """

    def __init__(self, photos: Sequence[Flat]) -> None:
        pixels = [photo.pixels for photo in photos]
        self._shape = pixels[0].shape[0], pixels[0].shape[1]
        mean: Floats = np.stack(pixels).mean(axis=0)
        columns = [*pixels, *_changed(mean), np.ones_like(mean)]
        explaining = np.stack([in_cells(column) for column in columns], axis=2)
        jitter = np.random.default_rng(0).normal(0, _RIDGE, explaining.shape)
        # Jitter instead of a rank decision: columns may be equal, or zero where nothing is known.
        self._basis = np.linalg.qr(explaining + jitter)[0].astype(np.float32)
        self._backward = np.ascontiguousarray(self._basis.transpose(0, 2, 1))

    def left_of(self, photo: Flat) -> Remainder:
        """What the design does not explain of one photo in its frame."""
        known = photo.cells.reshape(-1, 1)
        cells = in_cells(photo.pixels) * known
        left = cells - (self._basis @ (self._backward @ cells[:, :, None]))[:, :, 0]
        energy = float((cells * cells).sum())
        share = float((left * left).sum()) / energy if energy > 0 else 1.0
        return Remainder(self._vector(left, known[:, 0]), share)

    def _vector(self, left: Floats, known: npt.NDArray[np.bool_]) -> Floats:
        height, width = self._shape
        soft = blurred(from_cells(left, self._shape), _SOFT)
        small = cv2.resize(soft, (width // _STRIDE, height // _STRIDE), None, 0, 0, cv2.INTER_AREA)
        side = CELL // _STRIDE
        parted = small.reshape(height // CELL, side, width // CELL, side).transpose(0, 2, 1, 3)
        cells = parted.reshape(-1, DIMENSIONS_OF_CELL) * known[:, None]
        lengths = np.sqrt((cells * cells).sum(axis=1))
        middle = float(np.median(lengths[known])) if known.any() else 0.0
        vector = (cells / (lengths + _LEAST_ENERGY * middle + 1e-6)[:, None]).ravel()
        return np.asarray(vector / max(1e-6, float(np.sqrt(vector @ vector))), dtype=np.float32)


def _changed(mean: Floats) -> list[Floats]:
    """How the mean looks moved, turned a little, sharper, softer and of other contrast."""
    down, right = np.gradient(mean)
    second = [np.gradient(down, axis=0), np.gradient(right, axis=1), np.gradient(right, axis=0)]
    softer = [mean - blurred(mean, width) for width in (0.7, 1.5)]
    return [down, right, *second, *softer, mean * np.abs(mean), mean**3]
