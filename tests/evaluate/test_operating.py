"""The threshold that costs least."""

import numpy as np
import pytest

from okng.config import OperatingSettings
from okng.evaluate.operating import Validation, alternatives, choose_operating_point
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
    """No escape at 0.35, no overkill at 0.65."""
    assert _threshold(10, 1) == pytest.approx(0.35)
    assert _threshold(1, 10) == pytest.approx(0.65)


def test_equal_thresholds_take_the_widest_gap() -> None:
    """The farthest from any photo that was seen."""
    scores = np.array([0.1, 0.2, 0.7, 0.8])
    point = _choose(scores, scores > 0.5)

    assert point.threshold == pytest.approx(0.45)


def test_mix_of_the_folder_does_not_matter() -> None:
    """Ten times as many good photos leave the threshold where it is."""
    scores = np.concatenate([SCORES, np.tile(SCORES[:4], 9)])
    truth = np.concatenate([DEFECTIVE, np.zeros(36, dtype=bool)])
    point = _choose(scores, truth, cost_escape=10)

    assert point.threshold == pytest.approx(_threshold(10, 1))


def test_reason_names_what_it_cost() -> None:
    """In words that can be checked."""
    point = _choose(SCORES, DEFECTIVE, cost_escape=10)

    assert "0 of 4 defective ones escape, 1 of 4 good ones are rejected" in point.reason


@pytest.mark.parametrize("kind", [True, False])
def test_missing_class_leaves_the_default(kind: bool) -> None:
    """0.5, and a reason that says that it was not chosen."""
    point = _choose(SCORES, np.full(8, kind))

    assert point.threshold == 0.5
    assert "not chosen" in point.reason
    assert alternatives(Validation(SCORES, np.full(8, kind), np.arange(8))) == []


def test_alternatives_trade_escapes_for_overkill() -> None:
    """The dearer an escape, the fewer there are."""
    table = alternatives(Validation(SCORES, DEFECTIVE, np.arange(8)))

    assert [row["cost_ratio"] for row in table] == [1, 5, 20, 100]
    assert table[-1]["escape_rate"] == 0.0
    assert table[-1]["overkill_rate"] == 0.25
