"""okng.dataset: the depth of a data set is found once, and is the same for all of its photos."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng.dataset import Dataset, add_digests, find_photos, load_photos
from okng.errors import PhotoFault
from okng.testing import draw_part


@pytest.fixture
def twelve(tmp_path: Path) -> Path:
    """Parts of a 12-bit camera in PNG of 16 bits; one is bright, one a lens cap."""
    for label in ("ok", "ng"):
        (tmp_path / label).mkdir()
        for number in range(4):
            grey = draw_part(number, size=32).photo[..., 0].astype(np.uint16)
            grey <<= 4 if number else 2
            if number == 1:
                grey[0, 0] = 4095
            Image.fromarray(grey).save(tmp_path / label / f"{number}.png")
    dark = (np.arange(32 * 32, dtype=np.uint16).reshape(32, 32)) % 9
    Image.fromarray(dark).save(tmp_path / "ok" / "cap.png")
    return tmp_path


def read(root: Path, depth: int | None = None) -> Dataset:
    """The photos with their digests."""
    return add_digests(find_photos(root), depth=depth, fewest=1)


def test_largest_value_decides(twelve: Path) -> None:
    """12 bits for all photos, which come out as those of an 8-bit camera."""
    dataset = read(twelve)
    photos = load_photos(dataset.paths(), 32, depth=dataset.depth)

    assert dataset.depth == 12
    row = [photo.path for photo in dataset.photos].index("ok/2.png")
    assert np.array_equal(photos[row][..., 0], draw_part(2, size=32).photo[..., 0])


def test_photo_that_the_depth_makes_flat_is_unreadable(twelve: Path) -> None:
    """A photo of nine dark values would be black at 12 bits; it is listed instead."""
    (lost,) = read(twelve).unreadable

    assert lost.path == "ok/cap.png"
    assert lost.fault is PhotoFault.DEPTH
    assert "single grey level" in lost.reason


def test_depth_of_a_model_is_not_exceeded(twelve: Path) -> None:
    """Judged by a model of 10 bits, photos beyond are listed with both depths."""
    lost = {file.path: file.reason for file in read(twelve, depth=10).unreadable}

    assert "ok/0.png" not in lost
    assert "12 bits" in lost["ok/1.png"]
    assert "trained on 10" in lost["ok/1.png"]
