"""Small things that are asked of decoded photos."""

import numpy as np
from PIL import Image

from okng.preprocess.levels import Array


def is_grey(photos: Array) -> bool:
    """Whether red, green and blue are equal everywhere in one photo (H, W, 3) or in several."""
    red, green, blue = (photos[..., channel] for channel in range(3))
    return bool(np.array_equal(red, green) and np.array_equal(green, blue))


def shrink(photo: Array, size: int) -> Array:
    """Resize to uint8 (size, size, 3) with the triangle filter that the model file uses."""
    if photo.shape[:2] == (size, size):
        return photo
    return np.array(Image.fromarray(photo).resize((size, size), Image.Resampling.BILINEAR))
