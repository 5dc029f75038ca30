"""Photos are decoded once into one array."""

from pathlib import Path

import numpy as np
import pytest

from okng import preprocess
from okng.dataset import find_photos, load_photos
from okng.errors import PhotoError
from okng.testing import write_folder


@pytest.mark.parametrize("limit", [4.0, 1e-9])
def test_memory_and_disk_hold_the_same(tmp_path: Path, limit: float) -> None:
    """Where the array lies changes nothing, and the order is that of the paths."""
    paths = find_photos(write_folder(tmp_path, good=3, defective=3, size=40)).paths()

    photos = load_photos(paths, 16, memory_limit_gb=limit)

    assert isinstance(photos, np.memmap) == (limit < 1)
    for path, photo in zip(paths, photos, strict=True):
        assert np.array_equal(photo, preprocess.shrink(preprocess.read(path), 16))


def test_vanished_photo_is_named(tmp_path: Path) -> None:
    """A photo that went away in between is an error that names it."""
    with pytest.raises(PhotoError, match=r"gone\.jpg"):
        load_photos([tmp_path / "gone.jpg"], 16)
