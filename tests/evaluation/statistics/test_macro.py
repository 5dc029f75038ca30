"""Means over the types of a model without an OK class."""

import numpy as np
import pytest
from sklearn import metrics as sk

from okng.evaluation.statistics.macro import macro_averages


def test_all_right_is_not_certain_and_not_unknown() -> None:
    """Twenty of twenty photos of four types: a low end between nothing and certainty."""
    truth = np.arange(20) % 4
    found = macro_averages(truth, truth, np.arange(20), 4)

    for rate in found.values():
        assert rate.value == rate.high == 1.0
        assert rate.low is not None
        assert 0.5 < rate.low < 0.95


def test_values_are_those_of_scikit_learn() -> None:
    """To nine digits, and inside of their intervals."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 4, 400)
    guess = np.where(rng.random(400) < 0.8, truth, rng.integers(0, 4, 400))
    found = macro_averages(truth, guess, np.arange(400), 4)
    precision, recall, f1, _ = sk.precision_recall_fscore_support(truth, guess, average="macro")

    for name, value in (("precision", precision), ("recall", recall), ("f1", f1)):
        rate = found[name]
        assert rate.value == pytest.approx(value, abs=1e-9)
        assert rate.low is not None
        assert rate.high is not None
        assert rate.low < value < rate.high


def test_mean_recall_covers_the_truth() -> None:
    """In 95 of a hundred tests or more, with five to sixty parts a type."""
    rng, true, covered = np.random.default_rng(2), np.array([0.95, 0.8, 0.6]), 0
    truth = np.repeat([0, 1, 2], [60, 20, 5])
    for _ in range(300):
        guess = np.where(rng.random(85) < true[truth], truth, (truth + 1) % 3)
        rate = macro_averages(truth, guess, np.arange(85), 3)["recall"]
        assert rate.low is not None
        assert rate.high is not None
        covered += rate.low <= true.mean() <= rate.high

    assert covered >= 285


def test_few_parts_of_a_type_leave_f1_without_interval() -> None:
    """Recall and precision keep theirs, which are exact."""
    truth = np.repeat([0, 1, 2], [30, 30, 5])
    guess = truth.copy()
    guess[0] = 1
    found = macro_averages(truth, guess, np.arange(65), 3)

    assert found["f1"].low is None
    assert found["recall"].low is not None
