"""The threshold is an estimate of the best one for new parts, not the luck of a sample."""

import numpy as np
import pytest
from scipy import special

from okng.config import OperatingSettings
from okng.evaluation.threshold.operating_point import (
    Validation,
    choose_operating_point,
    find_threshold,
)
from okng.verdict import OperatingPoint

SHAPES = {
    "overlapping": ((-1.0, 1.2), (1.0, 1.8)),
    "far apart": ((-4.0, 1.0), (4.0, 1.5)),
    "one side wide": ((-3.0, 0.7), (0.5, 2.5)),
}
"""Mean and deviation of the logits of good and of defective parts."""


def _drawn(shape: str, good: int, defective: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits and truth of parts."""
    rng = np.random.default_rng(seed)
    (low, narrow), (high, wide) = SHAPES[shape]
    logits = np.r_[rng.normal(low, narrow, good), rng.normal(high, wide, defective)]
    return logits, np.arange(good + defective) >= good


def _chosen(logits: np.ndarray, truth: np.ndarray, **settings: object) -> float:
    """The logit of the chosen threshold."""
    known = Validation(special.expit(logits), truth, np.arange(len(truth)))
    asked = OperatingSettings.model_validate(settings)
    return float(special.logit(choose_operating_point(known, asked).point.threshold))


def _cost(shape: str, at: float, escape: float, overkill: float) -> float:
    """The true mean cost of new parts at a threshold."""
    (low, narrow), (high, wide) = SHAPES[shape]
    cost = escape * special.ndtr((at - high) / wide) + overkill * special.ndtr((low - at) / narrow)
    return float(cost) / (escape + overkill)


def _luckiest(logits: np.ndarray, truth: np.ndarray, escape: float, overkill: float) -> float:
    """The threshold with the lowest cost of the sample, in the widest gap."""
    known = np.unique(logits)
    middles = np.r_[known[0] - 1, (known[1:] + known[:-1]) / 2, known[-1] + 1]
    escapes = np.array([(logits[truth] < at).mean() for at in middles])
    overkills = np.array([(logits[~truth] >= at).mean() for at in middles])
    cost = escape * escapes + overkill * overkills
    widths = np.r_[1, np.diff(known), 1]
    return float(middles[np.argmax(widths * np.isclose(cost, cost.min()))])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("escape", "overkill"), [(1, 1), (10, 1), (1, 10), (49, 1)])
def test_new_parts_cost_less_than_by_the_lowest_cost_of_the_sample(
    shape: str, escape: float, overkill: float
) -> None:
    """Over 60 draws of 100 parts: nearer to the cost in hindsight, and never much worse."""
    costs, lucky = [], []
    for seed in range(60):
        logits, truth = _drawn(shape, 60, 40, seed)
        at = _chosen(logits, truth, cost_escape=escape, cost_overkill=overkill)
        costs.append(_cost(shape, at, escape, overkill))
        lucky.append(_cost(shape, _luckiest(logits, truth, escape, overkill), escape, overkill))
    hindsight = min(_cost(shape, at, escape, overkill) for at in np.linspace(-8, 8, 801))

    assert np.mean(costs) - hindsight < 0.6 * (np.mean(lucky) - hindsight) + 1e-3


def test_the_threshold_spreads_less_than_that_of_the_sample() -> None:
    """Over 60 draws its deviation is at most two thirds."""
    chosen, lucky = [], []
    for seed in range(60):
        logits, truth = _drawn("overlapping", 60, 40, seed)
        chosen.append(_chosen(logits, truth))
        lucky.append(_luckiest(logits, truth, 1, 1))

    assert np.std(chosen) < 0.67 * np.std(lucky)


def test_the_threshold_follows_the_scale_of_the_scores() -> None:
    """Stretched and shifted logits stretch and shift it; the order of photos does nothing."""
    logits, truth = _drawn("overlapping", 60, 40, 0)
    at = _chosen(logits, truth, cost_escape=5)
    order = np.random.default_rng(0).permutation(len(truth))

    assert _chosen(0.5 * logits + 1, truth, cost_escape=5) == pytest.approx(0.5 * at + 1, abs=0.02)
    assert _chosen(logits[order], truth[order], cost_escape=5) == at


def test_good_and_defective_are_treated_alike() -> None:
    """With sides, costs and scores turned round, the threshold is turned round."""
    logits, truth = _drawn("one side wide", 60, 40, 0)
    at = _chosen(logits, truth, cost_escape=5, cost_overkill=1)
    turned = _chosen(-logits, ~truth, cost_escape=1, cost_overkill=5)

    assert turned == pytest.approx(-at, abs=0.05)


def test_the_mix_of_the_folder_does_not_matter_where_parts_are_many() -> None:
    """Ten times as many good parts of the same kind leave the threshold nearly where it is."""
    few = _chosen(*_drawn("overlapping", 400, 400, 0), cost_overkill=2)
    many = _chosen(*_drawn("overlapping", 4000, 400, 0), cost_overkill=2)

    assert many == pytest.approx(few, abs=0.3)


def test_copies_of_a_part_are_no_further_parts() -> None:
    """Every photo ten times, in groups, is the same evidence as once."""
    logits, truth = _drawn("overlapping", 12, 8, 0)
    groups = np.repeat(np.arange(20), 10)
    tenfold = Validation(special.expit(np.repeat(logits, 10)), np.repeat(truth, 10), groups)
    once = Validation(special.expit(logits), truth, np.arange(20))
    settings = OperatingSettings()

    assert find_threshold(tenfold, settings).threshold == pytest.approx(
        find_threshold(once, settings).threshold
    )


def test_few_good_parts_do_not_let_the_defective_ones_escape() -> None:
    """18 good and 198 defective parts that overlap: the best threshold lets 31 % escape.

    The lowest cost of the sample lets up to 56 % of them.
    """
    escaped, lucky = [], []
    for seed in range(60):
        logits, truth = _drawn("overlapping", 18, 198, seed)
        escaped.append(_cost("overlapping", _chosen(logits, truth), 1, 0))
        lucky.append(_cost("overlapping", _luckiest(logits, truth, 1, 1), 1, 0))

    assert max(lucky) > 0.55
    assert max(escaped) < 0.46
    assert np.mean(escaped) == pytest.approx(0.31, abs=0.03)


def test_few_parts_of_a_side_are_a_note_with_numbers() -> None:
    """18 good parts are few, 40 of each side are not."""

    def noted(good: int, defective: int) -> list[tuple[str, int, int]]:
        logits, truth = _drawn("overlapping", good, defective, 0)
        known = Validation(special.expit(logits), truth, np.arange(len(truth)))
        notes = choose_operating_point(known, OperatingSettings()).notes
        return [(note.code, note.good_parts, note.defective_parts) for note in notes]

    assert noted(18, 198) == [("few_parts", 18, 198)]
    assert noted(40, 40) == []


def test_equal_scores_leave_a_threshold_at_these_scores() -> None:
    """A model that sees nothing has no better one, and nothing breaks."""
    for value in (0.0, 0.3, 1.0):
        known = Validation(np.full(20, value), np.arange(20) % 2 == 0, np.arange(20))
        threshold = find_threshold(known, OperatingSettings()).threshold

        assert threshold == pytest.approx(value, abs=0.01)


def test_a_look_by_a_person_is_bought_where_scores_are_doubtful() -> None:
    """The band by cost lies around the threshold, and a cheaper look makes it wider."""

    def band(fee: float) -> OperatingPoint:
        logits, truth = _drawn("overlapping", 200, 200, 0)
        known = Validation(special.expit(logits), truth, np.arange(len(truth)))
        return choose_operating_point(known, OperatingSettings(cost_review=fee)).point

    dear, cheap = band(0.4), band(0.2)
    assert dear.review_low
    assert dear.review_high
    assert cheap.review_low
    assert cheap.review_high
    assert cheap.review_low < dear.review_low < dear.threshold
    assert dear.threshold < dear.review_high < cheap.review_high
    assert band(5.0).review_low is None
