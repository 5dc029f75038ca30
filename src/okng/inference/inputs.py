"""What a caller may hand to an inspector: one photo, or any collection of photos."""

import glob
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from okng import preprocess
from okng.inference.frames import Photo
from okng.inference.paths import find_named


def several(photos: object) -> Iterable[Photo] | None:
    """The photos where several are meant; None where it is one photo.

    Args:
        photos: a folder (searched to any depth), a pattern such as `new/*.jpg`, an array of
            several photos (N, H, W, C), or any iterable of photos.

    Raises:
        DatasetError: a folder or pattern without a photo.
    """
    if isinstance(photos, np.ndarray):
        return list(photos) if photos.ndim == 4 else None
    if isinstance(photos, str | Path):
        return _below(str(photos))
    if isinstance(photos, bytes | Image.Image) or not isinstance(photos, Iterable):
        return None
    return photos


def check_array(photo: object, depth: int) -> None:
    """Refuse an array that is no photo: a slip of the caller, not a bad file on the line.

    Raises:
        PhotoError: its type or shape.
    """
    if isinstance(photo, np.ndarray):
        preprocess.from_array(photo, depth=depth)


def _below(name: str) -> list[Photo] | None:
    path = Path(name)
    if path.is_dir() or (glob.has_magic(name) and not path.exists()):
        return [photo.path for photo in find_named([name]).photos]
    return None
