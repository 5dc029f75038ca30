"""Bootstrap over whole parts, and areas under curves with weights."""

import numpy as np
import pytest
from sklearn import metrics as sk

from okng.evaluation.statistics.bootstrap import (
    Ranking,
    draws,
    over_draws,
    resampled_counts,
    resampled_rate,
)

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("levels", [5, 1000])
def test_weighted_areas_are_those_of_scikit_learn(levels: int) -> None:
    """With ties and with weights, as a draw of the bootstrap gives them."""
    scores = RNG.integers(0, levels, 300) / levels
    truth = RNG.random(300) < 0.4
    weights = RNG.integers(0, 4, 300).astype(float)
    auc, precision = Ranking.of(scores, truth).areas(weights[None])[0]

    assert auc == pytest.approx(sk.roc_auc_score(truth, scores, sample_weight=weights), abs=1e-9)
    expected = sk.average_precision_score(truth, scores, sample_weight=weights)
    assert precision == pytest.approx(expected, abs=1e-9)


def test_areas_without_a_class_have_no_value() -> None:
    """A draw of one class says nothing."""
    ranking = Ranking.of(np.array([0.1, 0.9]), np.array([False, True]))

    assert np.isnan(ranking.areas(np.array([[1.0, 0.0]]))).all()


def test_draws_take_whole_parts() -> None:
    """All photos of a part are in a draw equally often, and as many parts as there are."""
    groups = np.repeat(np.arange(10), 20)
    weights = np.stack(list(draws(groups, 50)))
    drawn = over_draws(lambda w: w.reshape(-1, 10, 20).std(axis=2).max(axis=1), groups, 50)

    assert weights.shape == (50, 10)
    assert (weights.sum(axis=1) == 10).all()
    assert drawn.max() == 0


def test_counts_are_summed_per_draw() -> None:
    """One column of ones counts the photos drawn."""
    groups = np.repeat(np.arange(5), [1, 2, 3, 4, 5])
    columns = np.stack([np.ones(15), groups == 0], axis=1)
    counts = resampled_counts(columns, groups, replicates=200)

    assert counts.shape == (200, 2)
    assert counts[:, 0].mean() == pytest.approx(15, abs=1)
    assert (counts[:, 1] <= 5).all()


def test_no_value_in_any_draw_is_said() -> None:
    """Never an empty interval that looks like one."""
    rate = resampled_rate(0.5, np.full(10, np.nan), 40, 40)

    assert (rate.low, rate.high) == (None, None)
    assert "too few parts" in rate.method


def test_few_parts_have_no_interval() -> None:
    """Nine parts of the rarer class: the draws are there, and worth nothing."""
    drawn = RNG.normal(0.8, 0.05, 500)

    assert resampled_rate(0.8, drawn, 90, 9).low is None
    assert resampled_rate(0.8, drawn, 100, 10).low is not None


@pytest.mark.parametrize("signed", [False, True])
def test_interval_stays_within_its_scale(signed: bool) -> None:
    """Near the end it reaches farther away from it than towards it."""
    drawn = np.clip(RNG.normal(0.97, 0.02, 500), -1, 1)
    rate = resampled_rate(0.97, drawn, 500, 50, signed=signed)

    assert rate.low is not None
    assert rate.high is not None
    assert rate.high < 1
    assert 0.97 - rate.low > rate.high - 0.97


def test_draws_that_do_not_differ_prove_nothing() -> None:
    """A spread of zero is no certainty."""
    rate = resampled_rate(0.8, np.full(100, 0.8), 50, 50)

    assert (rate.low, rate.high) == (None, None)
    assert "do not differ" in rate.method
