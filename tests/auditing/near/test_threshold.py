"""okng.auditing.near.threshold: the line is learned from pairs that show different parts."""

import numpy as np
import pytest

from okng.auditing.near.threshold import CAUTIOUS, FEWEST, choose_threshold


def pairs(mean: float, count: int = 300) -> list[int]:
    """Agreeing features of pairs that show different parts."""
    return np.random.default_rng(0).poisson(mean, count).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("mean", [2, 8, 30])
def test_line_lies_between_the_clumps(mean: float) -> None:
    """Above all pairs of different parts, below the copies; designs differ in what they share."""
    different = pairs(mean)
    found = choose_threshold(different, [*different, *[120] * 100])

    assert max(*different, FEWEST) <= found.matches < 120
    assert found.false_match_rate is not None
    assert found.false_match_rate <= 1e-3
    assert "300 pairs of photos of different classes" in found.reason


def test_designs_that_share_more_need_more() -> None:
    """The line follows the data."""
    low, high = (choose_threshold(pairs(m), pairs(m)).matches for m in (3, 25))

    assert low < high


def test_a_few_wrong_labels_hardly_move_it() -> None:
    """Copies across classes are wrong labels, not the tail of chance."""
    different = pairs(8)
    clean = choose_threshold(different, different)
    wrong = choose_threshold([*different, *[130] * 10], different)

    assert clean.matches <= wrong.matches <= clean.matches + 10


def test_without_pairs_to_learn_from_it_is_cautious() -> None:
    """And claims no rate."""
    found = choose_threshold([5] * 29, [5] * 100)

    assert found.matches == CAUTIOUS
    assert found.false_match_rate is None
    assert "too few pairs" in found.reason
