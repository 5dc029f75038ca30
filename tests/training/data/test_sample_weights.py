"""Parts count alike, and classes do, where that is asked for."""

import numpy as np
import pytest

from okng.config import ClassWeights
from okng.training.data.sample_weights import photo_weights

LABELS = np.array([0, 0, 0, 0, 1, 1])
GROUPS = np.array([7, 7, 7, 8, 9, 9])


def test_copies_of_a_part_share_its_weight() -> None:
    """Three photos of one part count as much as one of another."""
    weights = photo_weights(LABELS, GROUPS, ClassWeights.NONE)

    assert weights[:3].sum() == pytest.approx(weights[3])
    assert weights[4:].sum() == pytest.approx(weights[3])


@pytest.mark.parametrize("groups", [None, GROUPS])
def test_balanced_classes_count_alike(groups: np.ndarray | None) -> None:
    """However many photos and parts they have."""
    weights = photo_weights(LABELS, groups, ClassWeights.BALANCED)

    assert weights[:4].sum() == pytest.approx(weights[4:].sum())
    assert weights.mean() == pytest.approx(1)


def test_a_part_with_two_labels_counts_in_both() -> None:
    """A wrong label takes nothing from the part's right one."""
    weights = photo_weights(np.array([0, 0, 1]), np.array([1, 1, 1]), ClassWeights.NONE)

    assert weights[:2].sum() == pytest.approx(weights[2])
