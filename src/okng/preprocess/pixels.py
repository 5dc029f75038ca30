"""Operations on decoded photos."""

import numpy as np

from okng.preprocess.levels import Array
from okng.resize import resize


def is_grey(photos: Array) -> bool:
    """Whether red, green and blue are equal everywhere in one photo (H, W, 3) or in several."""
    red, green, blue = (photos[..., channel] for channel in range(3))
    return bool(np.array_equal(red, green) and np.array_equal(green, blue))


def shrink(photo: Array, size: int) -> Array:
    """Resize to uint8 (size, size, 3), with the same pixels as in the model file."""
    return resize(photo, size)
