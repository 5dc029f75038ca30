"""What the slider looks up is what Python counts."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from okng.evaluation import Scores
from okng.evaluation.metrics.binary_rates import escape_bound
from okng.evaluation.report.threshold_table import MOST, ThresholdTable, threshold_table

Floats = npt.NDArray[np.float64]


def scores_of(values: Floats, defective: npt.NDArray[np.bool_], groups: list[str]) -> Scores:
    """A table of scores as `scores.csv` holds it."""
    table = pd.DataFrame({"defect_score": values})
    table["label"] = np.where(defective, "bad", "ok")
    table["class"] = np.where(values >= 0.5, "bad", "ok")
    table["group"] = groups
    for name, value in (("path", "p"), ("split", "test"), ("verdict", "OK"), ("error", "")):
        table[name] = value
    table["p_bad"], table["p_ok"] = values, 1 - values
    return Scores(table, ("ok", "bad"), "ok")


def _sweep(scores: Scores, threshold: float = 0.5) -> ThresholdTable:
    return threshold_table(scores, threshold, cost_escape=1.0, cost_overkill=1.0)


@pytest.fixture
def some() -> Scores:
    """Photos of grouped parts, with ties among the scores."""
    rng = np.random.default_rng(0)
    defective = rng.random(3000) < 0.4
    values = rng.beta(np.where(defective, 4, 1), np.where(defective, 1, 4)).round(3)
    return scores_of(values, defective, [f"g{n}" for n in rng.integers(700, size=3000)])


def test_counts_are_exact(some: Scores) -> None:
    """At every threshold of the slider, also where scores are equal."""
    found = _sweep(some)
    values, truth = some.defect_scores, some.is_defective

    assert len(found.thresholds) > 100
    for threshold, escapes, overkills in zip(
        found.thresholds, found.escapes, found.overkills, strict=True
    ):
        assert escapes == (values[truth] < threshold).sum()
        assert overkills == (values[~truth] >= threshold).sum()


def test_bound_is_that_of_the_figures(some: Scores) -> None:
    """The slider and the first page do not contradict each other."""
    found = _sweep(some)
    truth, called = some.is_defective, some.defect_scores >= 0.5

    assert found.bounds[found.start] == escape_bound(truth, called, some.groups)
    assert 0.99 < found.bounds[-1] <= 1.0


def test_threshold_in_use_is_among_them(some: Scores) -> None:
    """The slider starts at the very threshold of the model file."""
    found = _sweep(some, threshold=0.123456)

    assert found.thresholds[found.start] == 0.123456


def test_room_does_not_grow_with_the_test() -> None:
    """100,000 scores take no more of the page than 500."""
    rng = np.random.default_rng(0)
    values = rng.random(100_000)
    large = scores_of(values, rng.random(100_000) < 0.5, [""] * 100_000)

    assert len(_sweep(large).thresholds) <= MOST + 2


def test_costs_shown_first_are_those_of_the_policy(some: Scores) -> None:
    """Per part they weigh escapes and overkill as the policy weighs their rates."""
    found = threshold_table(some, 0.5, cost_escape=5, cost_overkill=1)
    share = found.costs["share"] / 1000
    escape = share * found.costs["escape"]
    overkill = (1 - share) * found.costs["overkill"]

    assert escape / overkill == pytest.approx(5)
