"""Masks of defects are found beside the photos, whatever they count by."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng.dataset.loading.masks import find_mask, read_mask
from okng.errors import PhotoError
from okng.testing import Layout, write_folder


def test_each_defective_photo_has_its_mask(tmp_path: Path) -> None:
    """As MVTec lays them; good parts have none."""
    write_folder(tmp_path, good=4, defective=4, size=48, layout=Layout.MVTEC)
    photos = [p.relative_to(tmp_path).as_posix() for p in tmp_path.glob("test/*/*.jpg")]
    found = {path: find_mask(tmp_path, path, Path(path).parent.name) for path in photos}

    assert {path for path in photos if found[path] is None} == {
        path for path in photos if "/good/" in path
    }
    assert all(read_mask(mask).any() for mask in found.values() if mask)


@pytest.mark.parametrize("value", [1, 255])
def test_ones_count_like_white(tmp_path: Path, value: int) -> None:
    """Some tools write 1 in place of 255."""
    pixels = np.zeros((6, 8), np.uint8)
    pixels[2:4, 3] = value
    Image.fromarray(pixels).save(tmp_path / "mask.png")

    assert np.array_equal(read_mask(tmp_path / "mask.png"), pixels > 0)


def test_black_mask_shows_nothing(tmp_path: Path) -> None:
    """And is no fault."""
    Image.fromarray(np.zeros((6, 8), np.uint8)).save(tmp_path / "mask.png")

    assert not read_mask(tmp_path / "mask.png").any()


def test_broken_mask_is_told(tmp_path: Path) -> None:
    """By the error of photos."""
    (tmp_path / "mask.png").write_bytes(b"no image")
    with pytest.raises(PhotoError):
        read_mask(tmp_path / "mask.png")
