"""How often each photo is seen."""

import pytest

from okng.train import views_worth_seeing


@pytest.mark.parametrize(
    ("photos", "views"), [(0, 4), (50, 4), (1000, 4), (1500, 2), (1333, 3), (2000, 2), (100_000, 2)]
)
def test_few_photos_are_seen_more_often(photos: int, views: int) -> None:
    """At least as they are and varied once."""
    assert views_worth_seeing(photos) == views
