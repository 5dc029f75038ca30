"""Light, focus and outline of a photo: what may differ between two cameras, or two days of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from okng.preprocess import shrink

SIDE = 128
"""Pixels: all photos are measured at one size, as the audit does."""
_GREY = np.array([0.299, 0.587, 0.114])  # weights of red, green and blue, ITU-R BT.601
_FEWEST_PEAK = 0.05
"""Height of the correlation peak, in [0, 1], below which two photos have no place in common: parts
that lie turned differently have 0.02 to 0.04, the same part moved 0.1 to 1 (generated parts)."""

_NOTHING = 1e-9  # a reference below it, such as the sharpness of a plain grey photo, is 0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PhotoConditions:
    """What light, focus and position make of a photo.

    Attributes:
        brightness: mean grey value, in [0, 1].
        contrast: standard deviation of the grey values.
        sharpness: variance of the Laplacian over the variance of the photo.
        grey: float64 (128, 128) in [0, 1], for the position; None where only the numbers are known.
    """

    brightness: float
    contrast: float
    sharpness: float
    grey: Floats | None = None


def conditions_of(photo: npt.NDArray[np.uint8]) -> PhotoConditions:
    """Measure a photo.

    Args:
        photo: uint8 (H, W, 3), RGB.
    """
    grey = shrink(photo, SIDE).astype(np.float64) @ _GREY / 255  # (128, 128), in [0, 1]
    variance = float(grey.var())
    # Edges over contrast: a darker photo of the same sharpness has weaker edges. 1e-6: a plain one.
    sharpness = float(_laplacian(grey).var()) / max(variance, 1e-6)
    return PhotoConditions(float(grey.mean()), variance**0.5, sharpness, grey)


def shift_between(photo: Floats, reference: Floats) -> tuple[float, float] | None:
    """How far a photo lies from a reference, by phase correlation.

    Args:
        photo: float (S, S).
        reference: likewise.

    Returns:
        To the right and down, as fractions of the side; None where they have no place in common.
    """
    # The window fades the borders out: the transform takes left and right for neighbours, and their
    # step would be the strongest edge of all.
    window = _window(len(photo))
    first, second = (np.fft.fft2((each - each.mean()) * window) for each in (photo, reference))
    cross = first * second.conj()  # phase correlation (Kuglin and Hines, 1975): the angles alone
    correlation = np.fft.ifft2(cross / np.maximum(np.abs(cross), 1e-12)).real
    row, column = np.unravel_index(int(correlation.argmax()), correlation.shape)
    if correlation[row, column] < _FEWEST_PEAK:
        return None
    side = len(photo)
    # An index beyond the middle is a shift to the left or up. In sides of the photo, (-0.5, 0.5).
    down, right = (((int(place) + side // 2) % side - side // 2) / side for place in (row, column))
    return right, down


def ratio_of(values: Sequence[float], references: Sequence[float]) -> float:
    """The median ratio of values to their references; 1 where no reference is above 0."""
    ratios = [
        value / reference
        for value, reference in zip(values, references, strict=True)
        if reference > _NOTHING
    ]
    return float(np.median(ratios)) if ratios else 1.0


@lru_cache(4)
def _window(side: int) -> Floats:
    return np.outer(np.hanning(side), np.hanning(side))


def _laplacian(grey: Floats) -> Floats:
    """The 4-neighbour Laplacian of (h, w), float64 (h - 2, w - 2)."""
    inner = grey[1:-1, 1:-1]
    return np.asarray(
        # 4-neighbours less the middle
        grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    )
