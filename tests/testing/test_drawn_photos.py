"""Generated photos: the same seed is the same part, and masks lie where the defect is."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng.testing import Defect, Layout, copy_photo, draw_part, write_folder


def test_same_seed_is_the_same_photo() -> None:
    """And another seed is another part."""
    assert np.array_equal(draw_part(5, size=64).photo, draw_part(5, size=64).photo)
    assert not np.array_equal(draw_part(5, size=64).photo, draw_part(6, size=64).photo)


@pytest.mark.parametrize("defect", Defect)
def test_mask_lies_where_the_defect_is(defect: Defect) -> None:
    """The part differs from its good twin on the mask, and elsewhere by less than one sees."""
    good, bad = draw_part(7, size=128), draw_part(7, defect, size=128)
    change = np.abs(good.photo.astype(int) - bad.photo).max(axis=2)

    assert not good.mask.any()
    assert bad.mask.any()
    assert change[~bad.mask].max() <= 6  # under 2.5 % of the range, less than the grain
    assert change[bad.mask].mean() > 12


@pytest.mark.parametrize("defect", Defect)
def test_defects_are_small(defect: Defect) -> None:
    """Local, as on real parts."""
    shares = [draw_part(seed, defect, size=128).mask.mean() for seed in range(8)]

    assert min(shares) > 0.0005
    assert max(shares) < 0.05


def test_light_of_another_session_is_brighter() -> None:
    """The same part, other light."""
    means = [draw_part(3, size=64, light=light).photo.mean() for light in (-0.8, 0.0, 0.8)]

    assert means[0] < means[1] - 10 < means[2] - 20


@pytest.mark.parametrize("seed", range(6))
def test_copy_takes_the_mask_with_it(seed: int) -> None:
    """A pit is dark in the copy as well, and the mask still lies on it."""
    part = draw_part(2, Defect.BLOWHOLE, size=160)
    copy = copy_photo(part, seed, photometric=0.0)
    ring = _grown(copy.mask) & ~copy.mask

    assert copy.photo.shape == part.photo.shape
    assert copy.mask.any()
    assert copy.photo[copy.mask].mean() < copy.photo[ring].mean() - 15


def test_copies_differ_from_photo_and_from_each_other() -> None:
    """No two are the same file."""
    part = draw_part(2, size=64)
    photos = {copy_photo(part, seed).photo.tobytes() for seed in range(5)} | {part.photo.tobytes()}

    assert len(photos) == 6


def test_unchanged_copy_is_the_photo() -> None:
    """All changes off is the identity."""
    part = draw_part(2, Defect.SCRATCH, size=64)
    copy = copy_photo(part, 1, rotate=0, flip=False, shear=0, zoom=(1, 1), photometric=0)

    assert np.abs(copy.photo.astype(int) - part.photo).max() <= 1
    assert np.array_equal(copy.mask, part.mask)


def test_copies_of_a_part_stay_on_one_side(tmp_path: Path) -> None:
    """A given split of generated photos does not leak by itself."""
    root = write_folder(tmp_path, good=8, defective=8, copies=3, size=24, layout=Layout.SPLITS)
    sides = {split: {p.name.split("_")[0] for p in (root / split).rglob("*.jpg")}
             for split in ("train", "test")}  # fmt: skip

    assert len(list(root.rglob("*.jpg"))) == 48
    assert not sides["train"] & sides["test"]


def test_mvtec_layout_has_a_mask_per_defect(tmp_path: Path) -> None:
    """Named as MVTec names them."""
    root = write_folder(tmp_path, good=8, defective=8, size=32, layout=Layout.MVTEC)
    photos = [p for p in (root / "test").rglob("*.jpg") if p.parent.name != "good"]

    assert {p.parent.name for p in (root / "train").rglob("*.jpg")} == {"good"}
    for photo in photos:
        mask = root / "ground_truth" / photo.parent.name / f"{photo.stem}_mask.png"
        assert np.asarray(Image.open(mask)).any()


def _grown(mask: np.ndarray) -> np.ndarray:
    """The mask and four pixels around it."""
    grown = mask.copy()
    for _ in range(4):
        padded = np.pad(grown, 1)
        grown = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
        grown |= mask
    return grown
