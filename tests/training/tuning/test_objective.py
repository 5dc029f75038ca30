"""What a trial is worth: by hand on a few parts."""

import numpy as np
import pytest
import torch

from okng.config import OperatingSettings
from okng.errors import ConfigError
from okng.training.tuning.objective import (
    FoldScores,
    Objective,
    ScoredPhotos,
    evaluate_fold,
    probabilities,
    value,
)


def _judged(bad: list[float], labels: list[int], groups: list[int] | None = None) -> ScoredPhotos:
    scores = np.array(bad)
    own = np.arange(len(labels)) if groups is None else np.array(groups)
    return ScoredPhotos(np.stack([1 - scores, scores], 1), np.array(labels), own)


CLEAR = _judged([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])  # the threshold lies in the middle, at 0.5


def _value(objective: Objective, tested: ScoredPhotos, **settings: float) -> float:
    costs = OperatingSettings(**settings)
    fold = evaluate_fold(FoldScores(CLEAR, tested), costs, ok_class="ok")
    return value(objective, [fold], costs)


def test_cost_weighs_both_rates() -> None:
    """One of two defects escapes, one of four good parts is rejected."""
    tested = _judged([0.1, 0.1, 0.1, 0.9, 0.2, 0.9], [0, 0, 0, 0, 1, 1])

    assert _value(Objective.COST, tested) == pytest.approx(0.5 + 0.25)
    assert _value(Objective.COST, tested, cost_escape=10) == pytest.approx(5.25)


def test_part_counts_once_however_many_photos() -> None:
    """Three photos of one part that escapes, and one of another that does not."""
    tested = _judged([0.1, 0.2, 0.2, 0.2, 0.9], [0, 1, 1, 1, 1], [0, 1, 1, 1, 2])

    assert _value(Objective.COST, tested) == pytest.approx(0.5)
    assert _value(Objective.ACCURACY, tested) == pytest.approx(2 / 3)


def test_threshold_is_not_chosen_on_what_is_judged() -> None:
    """The judged photos would have chosen another one."""
    tested = _judged([0.01, 0.02, 0.3, 0.4], [0, 0, 1, 1])

    assert _value(Objective.COST, tested) == 1.0
    assert _value(Objective.AUC, tested) == 1.0


def test_rates_are_those_of_all_folds_together() -> None:
    """AUC alone is averaged: scores of two networks cannot be compared."""
    costs = OperatingSettings()
    good = evaluate_fold(FoldScores(CLEAR, CLEAR), costs, ok_class="ok")
    poor = evaluate_fold(FoldScores(CLEAR, _judged([0.9, 0.1], [0, 1])), costs, ok_class="ok")

    assert value(Objective.COST, [good, poor], costs) == pytest.approx(1 / 3 + 1 / 3)
    assert value(Objective.AUC, [good, poor], costs) == 0.5
    assert value(Objective.F1, [good, poor], costs) == pytest.approx(2 / 3)


def test_types_alone_are_judged_by_the_likeliest() -> None:
    """Without good parts there is no threshold."""
    shares = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.3, 0.4, 0.3]])
    said = ScoredPhotos(shares, np.array([0, 1, 2]), np.arange(3))
    fold = evaluate_fold(FoldScores(said, said), OperatingSettings(), ok_class=None)

    assert value(Objective.ACCURACY, [fold], OperatingSettings()) == pytest.approx(2 / 3)
    assert value(Objective.F1, [fold], OperatingSettings()) == pytest.approx((1 + 2 / 3) / 3)


def test_objective_that_needs_good_parts_is_refused() -> None:
    """The default is one that does not."""
    assert Objective.choose(None, ok_class="ok") is Objective.COST
    assert Objective.choose(None, ok_class=None) is Objective.ACCURACY
    for name, ok_class in (("cost", None), ("auc", None), ("beauty", "ok")):
        with pytest.raises(ConfigError, match=name):
            Objective.choose(name, ok_class=ok_class)


def test_one_logit_is_two_probabilities() -> None:
    """As the model file says them."""
    assert probabilities(torch.zeros(2, 1)).tolist() == [[0.5, 0.5]] * 2
    assert probabilities(torch.zeros(2, 4)).shape == (2, 4)
