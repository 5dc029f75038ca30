"""Defects are as large as the largest region of their mask."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from okng.auditing import examine
from okng.auditing.defects import Defect, measure_defects
from okng.dataset import Dataset, Photo, add_digests, find_photos
from okng.events import Silent
from okng.testing import Layout, write_folder


@pytest.fixture
def measured(tmp_path: Path) -> Callable[[np.ndarray], dict[str, Defect]]:
    """What is measured of a mask (H, W) of one photo, 255 on the defect."""

    def measure(mask: np.ndarray) -> dict[str, Defect]:
        folder = tmp_path / "ground_truth" / "pit"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(mask.astype(np.uint8)).save(folder / "1_mask.png")
        photos = (Photo("test/pit/1.png", "pit", "x"), Photo("train/good/1.png", "good", "y"))
        return measure_defects(Dataset(tmp_path, photos, ("good", "pit"), "good"), Silent())

    return measure


def test_largest_region_counts(measured: Any) -> None:
    """A speck beside it does not, and corners hold a region together."""
    mask = np.zeros((40, 80))
    mask[2, 2] = 255
    mask[10:12, 10:12] = mask[12:14, 12:14] = 255

    assert measured(mask) == {"test/pit/1.png": Defect(area=8, width=80, height=40)}


def test_empty_mask_is_no_defect(measured: Any) -> None:
    """Somebody forgot to draw it."""
    assert measured(np.zeros((40, 80))) == {}


def test_diameter_shrinks_with_the_photo() -> None:
    """That of a disc of the same area; sides that shrink unlike are both counted."""
    disc = Defect(area=314, width=1000, height=1000)
    wide = Defect(area=314, width=2000, height=500)

    assert disc.diameter() == pytest.approx(20, abs=0.05)
    assert disc.diameter(250) == pytest.approx(5, abs=0.05)
    assert wide.diameter(250) == pytest.approx(5, abs=0.05)


def test_audit_measures_masks_where_there_are_any(tmp_path: Path) -> None:
    """The findings hold sizes at the size that the network will see; elsewhere there is None."""
    root = write_folder(tmp_path / "m", good=6, defective=12, size=96, layout=Layout.MVTEC)
    plain = write_folder(tmp_path / "p", good=6, defective=6, size=48)
    found, without = (
        examine(add_digests(find_photos(folder)), Silent(), near=False, image_size=48).findings
        for folder in (root, plain)
    )

    assert without.defect_sizes is None
    assert "defect_sizes" not in {*without.summary.checked, *without.summary.not_checked}
    assert found.defect_sizes is not None
    assert found.defect_sizes.overall.masks == 12
    assert found.defect_sizes.by_class["blowhole"].masks == 3
    assert found.defect_sizes.overall.smallest_resized == pytest.approx(
        found.defect_sizes.overall.smallest / 2, abs=0.01
    )
    assert "defect_sizes" in found.summary.checked
