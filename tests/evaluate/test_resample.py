"""Bootstrap over whole parts, and areas under curves with weights."""

import numpy as np
import pytest
from sklearn import metrics as sk

from okng.evaluate.resample import Ranking, draws, over_draws, percentile_rate, resampled_counts

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
    rate = percentile_rate(0.5, np.full(10, np.nan), 4)

    assert rate.low is None
    assert "no draw had a value" in rate.method
