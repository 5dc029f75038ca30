"""Masks beside photos are no photos; photos that are merely named so are."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng.auditing.checks.left_out import LeftOut
from okng.auditing.evidence import Evidence
from okng.auditing.findings import Severity
from okng.dataset import find_photos
from okng.dataset.loading.masks import find_mask
from okng.testing import draw_part


def photos(root: Path) -> Path:
    """Two of each class."""
    for number in range(2):
        for name in ("ok", "ng"):
            (root / name).mkdir(parents=True, exist_ok=True)
            part = draw_part(number, size=32)
            Image.fromarray(part.photo).save(root / name / f"{number}.png")
    return root


def save_mask(path: Path) -> None:
    """A drawn mask with two values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mask = np.zeros((32, 32), np.uint8)
    mask[8:12, 8:12] = 255
    Image.fromarray(mask).save(path)


@pytest.mark.parametrize("place", ["ng/0_GT.png", "ng/0_mask.png", "ng/mask/0.png", "masks/0.png",
                                   "Masks/ng/0.png", "ng/0_label.jpg", "ground_truth/ng/0.png",
                                   ])  # fmt: skip
def test_masks_are_left_out(tmp_path: Path, place: str) -> None:
    """Wherever other people's sets lay them; a serious finding, but where MVTec lays them."""
    save_mask(photos(tmp_path) / place)
    dataset = find_photos(tmp_path)
    found = LeftOut().run(Evidence(dataset)).findings

    assert dataset.classes == ("ok", "ng")
    assert len(dataset) == 4
    assert [f.severity for f in found] == [Severity.SERIOUS] * ("ground_truth" not in place)
    if place.endswith(".png"):
        assert find_mask(tmp_path, "ng/0.png", "ng") == tmp_path / place


def test_masks_under_the_name_of_a_photo(tmp_path: Path) -> None:
    """`7.jpg` and `7.png` side by side: the drawn one is the mask, if it has two values."""
    for name in ("ok", "ng"):
        (tmp_path / name).mkdir()
        Image.fromarray(draw_part(7, size=32).photo).save(tmp_path / name / "7.jpg")
    save_mask(tmp_path / "ng" / "7.png")
    Image.fromarray(draw_part(8, size=32).photo).save(tmp_path / "ok" / "7.png")
    dataset = find_photos(tmp_path)

    assert [photo.path for photo in dataset.photos] == ["ng/7.jpg", "ok/7.jpg", "ok/7.png"]
    assert find_mask(tmp_path, "ng/7.jpg", "ng") == tmp_path / "ng" / "7.png"
    assert find_mask(tmp_path, "ok/7.jpg", "ok") is None


@pytest.mark.parametrize("place", ["ng/9_mask.png", "masks/9.png"])
def test_photos_that_are_named_like_masks_stay(tmp_path: Path, place: str) -> None:
    """A photo has more than two values, whatever it is called."""
    root = photos(tmp_path)
    (root / place).parent.mkdir(exist_ok=True)
    Image.fromarray(draw_part(9, size=32).photo).save(root / place)

    assert place in {photo.path for photo in find_photos(root, ok="ok").photos}
