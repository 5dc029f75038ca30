"""Transformed copies of one photo: what publishers of data sets call augmentation."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng.testing.parts import Sample


def copy_photo(
    sample: Sample,
    seed: int,
    *,
    rotate: float = 180.0,
    flip: bool = True,
    shear: float = 10.0,
    zoom: tuple[float, float] = (0.85, 1.2),
    photometric: float = 0.3,
    gamma: float = 0.0,
) -> Sample:
    """Copy a photo under rotation, flip, shear, zoom, brightness, contrast and gamma, all at once.

    Args:
        sample: photo and mask of a part.
        seed: decides the draws.
        rotate: largest rotation, in degrees.
        flip: mirror every other copy.
        shear: largest shear, in degrees.
        zoom: smallest and largest enlargement.
        photometric: largest change of brightness and of contrast.
        gamma: largest change of the exponent of brightness.

    Returns:
        A sample of the same size; corners that come into view mirror the photo.
    """
    rng = np.random.default_rng((seed, 13))
    matrix = _matrix(rng, rotate, shear, zoom, mirrored=flip and bool(rng.integers(2)))
    photo = _warp(sample.photo, matrix, Image.Resampling.BICUBIC)
    mask = _warp(sample.mask.astype(np.uint8) * 255, matrix, Image.Resampling.NEAREST) > 127
    brightness, contrast = 1 + rng.uniform(-photometric, photometric, 2)
    mean = photo.mean()
    changed = ((photo - mean) * contrast + mean) * brightness
    values = changed.clip(0, 255)
    if gamma:
        values = 255 * (values / 255) ** (1 + rng.uniform(-gamma, gamma))
    return Sample(values.round().astype(np.uint8), mask)


def _matrix(
    rng: np.random.Generator,
    rotate: float,
    shear: float,
    zoom: tuple[float, float],
    *,
    mirrored: bool,
) -> npt.NDArray[np.float64]:
    """The 2 x 2 matrix from places of the copy to places of the photo, about the middle."""
    angle = np.radians(rng.uniform(-rotate, rotate))
    slant = np.tan(np.radians(rng.uniform(-shear, shear)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    forward = turn @ np.array([[1, slant], [0, 1]]) * rng.uniform(*zoom)
    return np.asarray(np.linalg.inv(forward @ np.diag([-1.0 if mirrored else 1.0, 1.0])))


def _warp(
    pixels: npt.NDArray[np.uint8], matrix: npt.NDArray[np.float64], how: Image.Resampling
) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    margin = max(height, width) // 2
    wide = _mirror_border(Image.fromarray(pixels), margin)
    middle = np.array([width, height]) / 2
    shift = middle + margin - matrix @ middle
    data = (matrix[0, 0], matrix[0, 1], shift[0], matrix[1, 0], matrix[1, 1], shift[1])
    return np.asarray(wide.transform((width, height), Image.Transform.AFFINE, data, how))


def _mirror_border(image: Image.Image, margin: int) -> Image.Image:
    pixels = np.asarray(image)
    pad = [(margin, margin), (margin, margin)] + [(0, 0)] * (pixels.ndim - 2)
    return Image.fromarray(np.pad(pixels, pad, mode="symmetric"))
