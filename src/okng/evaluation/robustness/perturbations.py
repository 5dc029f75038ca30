"""Changes that a photo may undergo on the line: light, focus, noise, position, compression."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from okng import preprocess

Photo = npt.NDArray[np.uint8]
Change = Callable[[Photo, float], Photo]


@dataclass(frozen=True)
class Kind:
    """One kind of change.

    Attributes:
        name: in a word.
        unit: of its levels.
        neutral: the level that leaves the photo as it is.
        levels: rising; the neutral one is among them.
        apply: changes a photo uint8 (H, W, 3).
    """

    name: str
    unit: str
    neutral: float
    levels: tuple[float, ...]
    apply: Change


def brightness(photo: Photo, factor: float) -> Photo:
    """Every value times a factor, as by another exposure."""
    return _bytes(photo * np.float32(factor))


def contrast(photo: Photo, factor: float) -> Photo:
    """Distance of every value to the photo's mean times a factor."""
    mean = np.float32(photo.mean())
    return _bytes((photo - mean) * np.float32(factor) + mean)


def blur(photo: Photo, sigma: float) -> Photo:
    """Gaussian blur, as out of focus."""
    return np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(sigma)))


def noise(photo: Photo, deviation: float) -> Photo:
    """Gaussian noise, the same on all colours, as at high gain."""
    # the same grain at every level: levels differ by its strength alone
    rng = np.random.default_rng(0)
    # (H, W, 1): sensors make noise in brightness, not in colour
    grain = rng.standard_normal(photo.shape[:2], dtype=np.float32)[..., None]
    return _bytes(photo + grain * np.float32(deviation))


def rotation(photo: Photo, degrees: float) -> Photo:
    """Turn about the middle; corners that come into view mirror the photo."""
    return _on_mirrored(photo, lambda image: image.rotate(degrees, Image.Resampling.BILINEAR))


def shift(photo: Photo, percent: float) -> Photo:
    """Move right and down by a share of the sides; the border mirrors the photo."""
    height, width = photo.shape[:2]
    # output to input: x' = x - shift
    data = (1, 0, -width * percent / 100, 0, 1, -height * percent / 100)
    return _on_mirrored(
        photo,
        lambda image: image.transform(
            image.size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR
        ),
    )


def jpeg(photo: Photo, quality: float) -> Photo:
    """Save as JPEG and read again."""
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "JPEG", quality=int(quality))
    return preprocess.decode(buffer.getvalue())


def _bytes(values: npt.NDArray[np.float32]) -> Photo:
    return values.round().clip(0, 255).astype(np.uint8)


def _on_mirrored(photo: Photo, change: Callable[[Image.Image], Image.Image]) -> Photo:
    height, width = photo.shape[:2]
    # a fifth: more than 10 % of a shift or 10 degrees bring in
    margin = max(1, min(height, width) // 5)
    wide = np.pad(photo, ((margin, margin), (margin, margin), (0, 0)), mode="symmetric")
    changed = np.asarray(change(Image.fromarray(wide)))
    return np.ascontiguousarray(changed[margin : margin + height, margin : margin + width])


_FACTORS = (0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.5)
KINDS = (
    Kind("brightness", "factor", 1.0, _FACTORS, brightness),
    Kind("contrast", "factor", 1.0, _FACTORS, contrast),
    Kind("blur", "px", 0.0, (0.0, 0.5, 1.0, 2.0, 4.0), blur),
    Kind("noise", "grey values", 0.0, (0.0, 2.0, 5.0, 10.0, 20.0), noise),
    Kind("rotation", "degrees", 0.0, (-10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0), rotation),
    Kind("shift", "% of the side", 0.0, (-10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0), shift),
    Kind("jpeg", "quality", 100.0, (10.0, 30.0, 50.0, 70.0, 90.0, 100.0), jpeg),
)
"""JPEG quality 100 stands for the photo as it is."""
