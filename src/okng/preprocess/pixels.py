"""Operations on decoded photos."""

from okng.preprocess.levels import Array
from okng.resize import resize


def shrink(photo: Array, size: int) -> Array:
    """Resize to uint8 (size, size, 3), with the same pixels as in the model file."""
    return resize(photo, size)
