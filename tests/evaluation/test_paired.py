"""Intervals of the difference of two inspectors."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from okng.evaluation.results import Rate
from okng.evaluation.statistics import paired_intervals
from okng.evaluation.statistics.paired_intervals import joined_difference, share_difference

RNG = np.random.default_rng(0)


def test_without_the_added_parts_it_is_the_paired_t_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of scipy, to nine digits."""
    monkeypatch.setattr(paired_intervals, "_EACH_WAY", 0.0)
    a, b = RNG.random(80) < 0.9, RNG.random(80) < 0.8
    expected = stats.ttest_rel(b.astype(float), a.astype(float)).confidence_interval()
    found = share_difference(a, b, np.arange(80)).plain()

    assert found["low"] == pytest.approx(expected.low, abs=1e-9)
    assert found["high"] == pytest.approx(expected.high, abs=1e-9)


def test_added_parts_widen_it() -> None:
    """Two of forty parts that differ do not prove that only two in forty ever will."""
    a = np.ones(40, dtype=bool)
    b = np.arange(40) >= 2
    found = share_difference(a, b, np.arange(40)).plain()

    assert found["value"] == -0.05
    assert found["low"] < -0.13
    assert found["high"] > 0


def test_copies_do_not_narrow_it() -> None:
    """Ten photos of each part say what one says."""
    a, b = RNG.random(60) < 0.9, RNG.random(60) < 0.8
    alone = share_difference(a, b, np.arange(60)).plain()
    copied = share_difference(a.repeat(10), b.repeat(10), np.arange(60).repeat(10)).plain()

    assert copied["low"] == pytest.approx(alone["low"])
    assert copied["high"] == pytest.approx(alone["high"])


def test_joined_interval_of_independent_shares_is_that_of_newcombe() -> None:
    """From the intervals of Wilson; statsmodels, to nine digits."""
    rates = []
    for hits, n in ((40, 50), (33, 60)):
        low, high = proportion_confint(hits, n, method="wilson")
        rates.append(Rate(value=hits / n, low=low, high=high, n=n, method="Wilson"))
    expected = confint_proportions_2indep(33, 60, 40, 50, method="newcomb")
    found = joined_difference(rates[0], rates[1], np.zeros((0, 2))).plain()

    assert (found["low"], found["high"]) == pytest.approx(expected, abs=1e-9)


def test_what_goes_up_and_down_together_differs_less() -> None:
    """The same draws for both: the correlation narrows the interval."""
    rate = Rate(value=0.9, low=0.8, high=0.95, n=50, method="some")
    drawn = RNG.normal(0.9, 0.03, 200)
    alone = joined_difference(rate, rate, np.stack([drawn, RNG.permutation(drawn)], axis=1)).plain()
    tied = joined_difference(rate, rate, np.stack([drawn, drawn + 0.001], axis=1)).plain()

    assert tied["high"] - tied["low"] < 0.7 * (alone["high"] - alone["low"])
