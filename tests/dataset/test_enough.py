"""Too few photos of a class are refused with a number and a reason."""

from pathlib import Path

import pytest

from okng.dataset import Dataset, Photo, check_enough
from okng.errors import DatasetError


def _dataset(**photos: list[str]) -> Dataset:
    """Classes with the groups of their photos."""
    rows = tuple(
        Photo(f"{label}/{number}.png", label=label, group=group)
        for label, groups in photos.items()
        for number, group in enumerate(groups)
    )
    return Dataset(Path("photos"), rows, tuple(photos), "ok")


def test_three_photos_are_too_few() -> None:
    """It says how many are needed and why, and of all classes at once."""
    with pytest.raises(DatasetError) as refusal:
        check_enough(_dataset(ok=[""] * 9, crack=[""] * 3, pore=[f"p{i % 2}" for i in range(40)]))

    message = refusal.value.message
    assert "crack has 3 photos; 6 are needed" in message
    assert "the 40 photos of pore show 2 parts; 3 are needed" in message
    assert "one to choose the threshold by, one to test" in message


def test_six_photos_of_different_parts_are_taken() -> None:
    """It runs, and the audit says that it proves nothing."""
    check_enough(_dataset(ok=[""] * 6, crack=["a", "a", "a", "b", "b", "c"]))
