"""The threshold that costs least."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from okng.config import OperatingSettings
from okng.evaluation.threshold.operating_point import (
    Validation,
    alternatives,
    choose_operating_point,
)
from okng.verdict import OperatingPoint

SCORES = np.array([0.1, 0.2, 0.3, 0.6, 0.4, 0.7, 0.8, 0.9])
DEFECTIVE = np.array([False] * 4 + [True] * 4)


def _choose(
    scores: np.ndarray, truth: np.ndarray, groups: np.ndarray | None = None, **settings: object
) -> OperatingPoint:
    parts = np.arange(len(scores)) if groups is None else groups
    asked = OperatingSettings.model_validate(settings)
    return choose_operating_point(Validation(scores, truth, parts), asked).point


def _threshold(escape: float, overkill: float) -> float:
    return _choose(SCORES, DEFECTIVE, cost_escape=escape, cost_overkill=overkill).threshold


def test_costly_escapes_lower_the_threshold() -> None:
    """The dearer an escape, the lower; at equal costs it lies between the two sides."""
    dear, equal, cheap = _threshold(10, 1), _threshold(1, 1), _threshold(1, 10)

    assert dear < 0.4 < equal < 0.6 < cheap


def test_reason_names_what_it_cost() -> None:
    """In words that can be checked."""
    point = _choose(SCORES, DEFECTIVE, cost_escape=2)
    escapes = (SCORES[DEFECTIVE] < point.threshold).sum()
    overkills = (SCORES[~DEFECTIVE] >= point.threshold).sum()

    words = f"{escapes} of 4 defective ones escape, {overkills} of 4 good ones are rejected"
    assert words in point.reason
    assert "the escape rate weighs 2, the overkill rate 1" in point.reason


@pytest.mark.parametrize("kind", [True, False])
def test_missing_class_leaves_the_default(kind: bool) -> None:
    """0.5, and a reason that says that it was not chosen."""
    point = _choose(SCORES, np.full(8, kind))

    assert point.threshold == 0.5
    assert "not chosen" in point.reason
    assert alternatives(Validation(SCORES, np.full(8, kind), np.arange(8))) == ()


def test_alternatives_trade_escapes_for_overkill() -> None:
    """The dearer an escape, the fewer there are."""
    table = alternatives(Validation(SCORES, DEFECTIVE, np.arange(8)))

    assert [row.cost_ratio for row in table] == [1, 5, 20, 100]
    thresholds = [row.threshold for row in table]
    assert thresholds == sorted(thresholds, reverse=True)
    for row in table:
        assert row.escape_rate == (SCORES[DEFECTIVE] < row.threshold).mean()
        assert row.overkill_rate == (SCORES[~DEFECTIVE] >= row.threshold).mean()


def _parts(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Scores of half good, half defective parts that overlap."""
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % 2 == 1
    return rng.normal(0.35 + 0.3 * truth, 0.13).clip(0, 1), truth


def test_limit_of_escapes_is_kept_with_the_least_overkill() -> None:
    """As strict as conformal risk control asks for, and no stricter."""
    scores, truth = _parts(400)
    point = _choose(scores, truth, max_escape="2%")
    escapes = (scores[truth] < point.threshold).sum()

    assert (escapes + 1) / 201 <= 0.02
    assert (escapes + 2) / 201 > 0.02
    assert "an escape rate of at most 2 %" in point.reason


def test_promised_limit_holds_for_new_parts() -> None:
    """Over many tests, new parts escape at most as often as was promised."""
    rates = []
    for seed in range(300):
        scores, truth = _parts(120, seed)
        threshold = _choose(scores, truth, max_escape="5%").threshold
        fresh, kind = _parts(400, 10_000 + seed)
        rates.append((fresh[kind] < threshold).mean())

    assert 0.03 < np.mean(rates) < 0.052


def test_copies_of_a_part_do_not_promise_more() -> None:
    """Twenty parts with ten photos each are twenty parts."""
    scores, truth = _parts(40)
    tenfold, kinds = np.repeat(scores, 10), np.repeat(truth, 10)
    groups = np.repeat(np.arange(40), 10)

    assert _choose(tenfold, kinds, groups, max_escape="10%").threshold == pytest.approx(
        _choose(scores, truth, max_escape="10%").threshold
    )


def test_limit_that_cannot_be_promised_says_what_can() -> None:
    """Four defective parts promise nothing below one in five; none of them escapes."""
    asked = OperatingSettings.model_validate({"max_escape": "0.5%"})
    choice = choose_operating_point(Validation(SCORES, DEFECTIVE, np.arange(8)), asked)

    assert choice.point.threshold == pytest.approx(0.35)
    assert "the best they can is 20.0 %, and 199 of them" in choice.unmet[0].text()


def test_limits_that_exclude_each_other_are_named() -> None:
    """What the one leaves of the other; escapes go first."""
    scores, truth = _parts(400)
    asked = OperatingSettings.model_validate({"max_escape": "2%", "max_overkill": "2%"})
    choice = choose_operating_point(Validation(scores, truth, np.arange(400)), asked)

    assert "both limits cannot be kept at once" in choice.unmet[0].text()
    assert (scores[truth] < choice.point.threshold).mean() < 0.02


def test_limit_of_overkill_is_kept_with_the_fewest_escapes() -> None:
    """The mirror image."""
    scores, truth = _parts(400)
    point = _choose(scores, truth, max_overkill=0.05)

    assert ((scores[~truth] >= point.threshold).sum() + 1) / 201 <= 0.05


def _best_f1(scores: np.ndarray, truth: np.ndarray) -> float:
    return max(float(f1_score(truth, scores >= at)) for at in np.unique(scores))


def test_highest_f1_is_found() -> None:
    """On new parts it is nearly the best there is, on the sample never far from the best."""
    scores, truth = _parts(300)
    point = _choose(scores, truth, max_f1=True)
    fresh, kinds = _parts(20_000, 1)

    assert f1_score(truth, scores >= point.threshold) > _best_f1(scores, truth) - 0.03
    assert f1_score(kinds, fresh >= point.threshold) > _best_f1(fresh[::50], kinds[::50]) - 0.03


def test_given_threshold_is_taken_as_it_is() -> None:
    """Nothing is chosen."""
    point = _choose(SCORES, DEFECTIVE, threshold=0.77)

    assert (point.threshold, point.policy) == (0.77, "given")


def test_review_band_keeps_escapes_from_the_machine() -> None:
    """Below the band, defective parts are as rare as promised; the rest a person sees."""
    scores, truth = _parts(400)
    point = _choose(scores, truth, review_escape="2%", review_overkill="5%")

    assert point.review_low is not None
    assert point.review_high is not None
    assert ((scores[truth] < point.review_low).sum() + 1) / 201 <= 0.02
    assert ((scores[~truth] >= point.review_high).sum() + 1) / 201 <= 0.05
    assert point.review_low < point.threshold < point.review_high


def test_cheap_looks_open_a_band_and_dear_ones_do_not() -> None:
    """A person is asked where that costs less than the errors it saves."""
    scores, truth = _parts(400)
    cheap = _choose(scores, truth, cost_escape=10, cost_review=0.2)
    dear = _choose(scores, truth, cost_escape=10, cost_review=50)

    assert cheap.review_low is not None
    assert cheap.review_low < cheap.threshold
    assert dear.review_low is None


def test_band_that_cannot_promise_its_limit_says_so() -> None:
    """Four defective parts promise nothing; the statement is not lost with the band."""
    asked = OperatingSettings.model_validate({"max_escape": "30%", "review_escape": "1%"})
    choice = choose_operating_point(Validation(SCORES, DEFECTIVE, np.arange(8)), asked)

    assert choice.point.review_low is None
    assert "cannot promise an escape rate of 1 %:" in choice.unmet[0].text()
