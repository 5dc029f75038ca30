"""Aligns a photo with the frame of another, and removes lighting and exposure."""

import functools
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from okng.auditing.near.features import (
    TEXTURE,
    Bytes,
    Floats,
    inside,
)

CELL = 24
"""Side, in pixels of the grey photo, of the cells that are compared one by one."""

_FINE, _LOCAL = 2.5, 6.0  # pixels: blur that separates lighting, and width of the local contrast
_LEAST_CONTRAST = 0.3  # of the median local contrast: flat areas must not be amplified
_NOISE = 1.0  # grey levels: an area with less deviation is blank
_KNOWN = 0.95  # fraction of a cell that must be inside both photos
_inside = functools.lru_cache(maxsize=64)(inside)


class Flat(NamedTuple):
    """A photo in the frame of another.

    Attributes:
        pixels: float32 (h, w), fine structure over local contrast; 0 outside of the photo.
        cells: bool (h / 24, w / 24), cells that are inside the photo.
    """

    pixels: Floats
    cells: npt.NDArray[np.bool_]


def frame_shape(grey: Bytes) -> tuple[int, int]:
    """Height and width of a frame: those of the photo, rounded down to whole cells."""
    return grey.shape[0] // CELL * CELL, grey.shape[1] // CELL * CELL


def flattened(grey: Bytes, matrix: npt.NDArray[np.float64], shape: tuple[int, int]) -> Flat:
    """Warp a grey photo into a frame and remove lighting.

    Args:
        grey: uint8 (h, w), see `LocalFeatures`.
        matrix: float64 (2, 3), from places of the photo to those of the frame, in pixels of the
            texture, as `Alignment` has it.
        shape: height and width of the frame.
    """
    scale = max(grey.shape) / TEXTURE
    move, size = _in_pixels(matrix, scale), (shape[1], shape[0])
    there = cv2.warpAffine(_inside(grey.shape), move, size) > 0.99
    known = there & (_inside(shape) > 0)
    laid = cv2.warpAffine(grey.astype(np.float32), move, size, flags=cv2.INTER_LINEAR)
    pixels = np.asarray(laid, dtype=np.float32)
    cells = in_cells(known.astype(np.float32)).mean(axis=1) > _KNOWN
    return Flat(_without_light(pixels, known), cells.reshape(shape[0] // CELL, -1))


def in_cells(pixels: Floats) -> Floats:
    """(h, w) as (number of cells, 576), row by row."""
    height, width = pixels.shape
    # (rows, 24, columns, 24) -> (rows, columns, 24, 24)
    parted = pixels.reshape(height // CELL, CELL, width // CELL, CELL)
    return np.ascontiguousarray(parted.transpose(0, 2, 1, 3)).reshape(-1, CELL * CELL)


def from_cells(cells: Floats, shape: tuple[int, int]) -> Floats:
    """The inverse of `in_cells`."""
    parted = cells.reshape(shape[0] // CELL, shape[1] // CELL, CELL, CELL)
    return np.ascontiguousarray(parted.transpose(0, 2, 1, 3)).reshape(shape)


def blurred(pixels: Floats, width: float) -> Floats:
    """Gaussian blur of this deviation in pixels."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), width), dtype=np.float32)


def _in_pixels(matrix: npt.NDArray[np.float64], scale: float) -> npt.NDArray[np.float64]:
    """The same map for pixels of the grey photo.

    A place p of a feature is half of its place at 256 pixels, where whole numbers are middles of
    pixels; so the middle of pixel x of the grey photo lies at (x + 0.5) / scale - 0.25.
    """
    linear, half = matrix[:, :2], np.full(2, 0.5)
    shift = linear @ half - half + scale * (matrix[:, 2] + half / 2 - linear @ half / 2)
    return np.column_stack([linear, shift])


def _without_light(pixels: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Fine structure over local contrast; pixels outside of `known` have no influence."""
    # Normalised convolution: the blur of the values over the blur of their weights.
    weight = known.astype(np.float32) + 1e-3
    fine = (pixels - blurred(pixels * weight, _FINE) / blurred(weight, _FINE)) * known
    contrast = np.sqrt(blurred(fine * fine, _LOCAL) / blurred(weight, _LOCAL))
    middle = float(np.median(contrast[known])) if known.any() else 0.0
    return np.asarray(fine / (contrast + _LEAST_CONTRAST * middle + _NOISE), dtype=np.float32)
