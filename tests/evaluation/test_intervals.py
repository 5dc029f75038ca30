"""Intervals agree with scipy, and copies of one part are not evidence."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from okng.evaluation.statistics.intervals import (
    clopper_pearson,
    group_numbers,
    proportion,
    upper_bound,
    upper_rate,
)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (1, 10), (451, 453), (10, 10), (7, 9)])
def test_exact_interval_is_that_of_scipy(hits: int, n: int) -> None:
    """Clopper and Pearson, to nine digits."""
    expected = stats.binomtest(hits, n).proportion_ci(method="exact")
    found = clopper_pearson(hits, n)

    assert found == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 77), (451, 453), (10, 10)])
def test_intervals_are_those_of_statsmodels(hits: int, n: int) -> None:
    """Two-sided, and the one-sided bound, to nine digits."""
    low, high = proportion_confint(hits, n, alpha=0.05, method="beta")
    one_sided = proportion_confint(hits, n, alpha=0.10, method="beta")[1] if 0 < hits < n else None

    assert clopper_pearson(hits, n) == pytest.approx((low, high), abs=1e-9)
    if one_sided is not None:
        assert upper_bound(hits, n) == pytest.approx(one_sided, abs=1e-9)


def test_bound_counts_parts() -> None:
    """No escape in 400 photos of 40 parts proves what 40 parts prove."""
    bound = upper_rate(np.zeros(400, dtype=bool), np.repeat(np.arange(40), 10))

    assert bound == pytest.approx(upper_bound(0, 40))
    assert upper_rate(np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64)) is None


def test_uneven_parts_count_less_than_their_number() -> None:
    """One part with most of the photos decides most of the rate."""
    groups = np.r_[np.zeros(90, dtype=np.int64), np.arange(1, 11)]
    rate = proportion(np.ones(100, dtype=bool), groups)

    assert rate.low is not None
    assert rate.low < clopper_pearson(11, 11)[0]


def test_no_escape_in_299_parts_proves_one_per_cent() -> None:
    """The rule that every quality engineer knows."""
    assert upper_bound(0, 299) < 0.01 < upper_bound(0, 298)


def test_single_photos_give_the_exact_interval() -> None:
    """Each photo a part: nothing is taken away."""
    hits = np.arange(50) < 45
    rate = proportion(hits, np.arange(50))

    assert (rate.low, rate.high) == pytest.approx(clopper_pearson(45, 50))
    assert rate.method == "exact Clopper-Pearson"


def test_copies_do_not_narrow_the_interval() -> None:
    """Ten copies of each part say no more than one photo of each."""
    parts = np.arange(40) < 36
    once = proportion(parts, np.arange(40))
    tenfold = proportion(np.repeat(parts, 10), np.repeat(np.arange(40), 10))

    assert tenfold.value == once.value
    assert tenfold.high - tenfold.low >= 0.95 * (once.high - once.low)  # type: ignore[operator]
    assert "40 groups" in tenfold.method


def test_no_error_counts_parts_not_photos() -> None:
    """Without any spread the number of parts is all there is."""
    rate = proportion(np.ones(400, dtype=bool), np.repeat(np.arange(40), 10))

    assert rate.low == pytest.approx(clopper_pearson(40, 40)[0])


def test_nothing_to_count_is_no_rate() -> None:
    """Not zero, not one."""
    assert proportion(np.zeros(0, dtype=bool)).value is None


def test_intervals_cover_as_they_promise() -> None:
    """Grouped photos: in 300 simulated tests the truth lies inside at least 93 times in 100."""
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(300):
        parts = rng.random(60) < 0.9
        rate = proportion(np.repeat(parts, 5), np.repeat(np.arange(60), 5))
        inside += rate.low <= 0.9 <= rate.high  # type: ignore[operator]

    assert inside / 300 >= 0.93


def test_empty_group_names_are_parts_of_their_own() -> None:
    """Photos without a group do not become one."""
    assert len(set(group_numbers(["", "", "a", "a"]))) == 3
