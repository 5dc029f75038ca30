"""How often each photo is seen."""

import numpy as np
import pytest

from okng.training import photos_of_an_epoch, views_worth_seeing


@pytest.mark.parametrize(
    ("photos", "views"), [(0, 4), (50, 4), (1000, 4), (1500, 2), (1333, 3), (2000, 2), (100_000, 2)]
)
def test_few_photos_are_seen_more_often(photos: int, views: int) -> None:
    """At least as they are and varied once."""
    assert views_worth_seeing(photos) == views


@pytest.mark.parametrize(
    ("parts", "copies", "drawn"),
    [
        (100, 66, 3_000),  # thirty of each part
        (5_000, 2, 10_000),  # few copies: all of them
        (10, 500, 2_000),  # groups that hold many parts, as lots do
        (20, 10, 200),
    ],
)
def test_an_epoch_of_many_copies_is_short(parts: int, copies: int, drawn: int) -> None:
    """Copies of a part tell less than other parts."""
    assert photos_of_an_epoch(np.repeat(np.arange(parts), copies)) == drawn
