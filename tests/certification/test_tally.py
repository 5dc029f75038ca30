"""How near a photo is to another verdict."""

import numpy as np
import pytest

from okng.certification.tally import limit_distance
from okng.verdict import OperatingPoint

BAND = OperatingPoint(threshold=0.5, review_low=0.4, review_high=0.6)
LIMITED = OperatingPoint(threshold=0.5, unfamiliar_limit=0.99)


@pytest.mark.parametrize(
    ("point", "score", "unfamiliarity", "distance"),
    [
        (BAND, 0.3, np.nan, 0.1),
        (BAND, 0.58, np.nan, 0.02),
        (BAND, 0.52, 0.99, 0.02),  # no limit of unfamiliarity
        (LIMITED, 0.9, 0.1, 0.4),
        (LIMITED, 0.9, 0.985, 0.005),
        (LIMITED, 0.501, 0.1, 0.001),
        (LIMITED, np.nan, 0.98, 0.01),
        (LIMITED, 0.9, np.nan, 0.4),
    ],
)
def test_the_nearest_of_all_limits_counts(
    point: OperatingPoint, score: float, unfamiliarity: float, distance: float
) -> None:
    """Threshold, both ends of the band, the limit of unfamiliarity."""
    near = limit_distance(np.array([score]), np.array([unfamiliarity]), point)

    assert near == pytest.approx([distance])


def test_a_photo_without_values_has_no_distance() -> None:
    """It is NaN, not far away."""
    assert np.isnan(limit_distance(np.array([np.nan]), np.array([np.nan]), LIMITED)).all()
