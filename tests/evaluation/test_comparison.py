"""Two inspectors on the same photos."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar as reference

from okng.evaluation.metrics.mcnemar import Pair, compare_pair, mcnemar

NAMES = ("old", "new")


def _pair(right_a: np.ndarray, right_b: np.ndarray, groups: np.ndarray | None = None) -> Pair:
    """Every second part is defective; scores follow the verdicts."""
    truth = np.arange(len(right_a)) % 2 == 1
    if groups is not None:
        truth = groups % 2 == 1
    called = right_a == truth, right_b == truth
    scores = called[0] * 0.8 + 0.1, called[1] * 0.8 + 0.1
    parts = np.arange(len(truth)) if groups is None else groups
    return Pair(truth, parts, scores, called, (right_a, right_b))


def _wrong(count: int, *rows: int) -> np.ndarray:
    right = np.ones(count, dtype=bool)
    right[list(rows)] = False
    return right


def test_mcnemar_is_that_of_statsmodels() -> None:
    """Exact, to nine digits."""
    rng = np.random.default_rng(0)
    pair = _pair(rng.random(200) < 0.9, rng.random(200) < 0.94)
    a, b = pair.right
    table = [[(a & b).sum(), (a & ~b).sum()], [(~a & b).sum(), (~a & ~b).sum()]]
    found = mcnemar(pair, np.ones(200, dtype=bool)).plain()

    assert found["p"] == pytest.approx(float(reference(table, exact=True).pvalue), abs=1e-9)


def test_copies_of_a_part_are_not_more_evidence() -> None:
    """Ten photos each of six parts say what six parts say."""
    groups = np.repeat(np.arange(40), 10)
    worse = np.repeat(_wrong(40, 0, 2, 4, 6, 8), 10)
    grouped = mcnemar(_pair(worse, _wrong(400), groups), np.ones(400, dtype=bool)).plain()
    alone = mcnemar(_pair(_wrong(40, 0, 2, 4, 6, 8), _wrong(40)), np.ones(40, dtype=bool)).plain()

    assert grouped["only_b_right"] == 50
    assert grouped["p"] == pytest.approx(alone["p"], abs=0.01)
    assert grouped["p"] > 0.05


@pytest.mark.parametrize(("photos", "parts"), [(1, 1), (50, 5)])
def test_few_common_parts_compare_nothing(photos: int, parts: int) -> None:
    """Neither a tie nor a difference: there are too few, and no interval is drawn."""
    groups = np.repeat(np.arange(parts), photos // parts)
    found = compare_pair(_pair(_wrong(photos), _wrong(photos), groups), NAMES).plain()

    assert "nothing can be compared" in found["verdict"]
    assert found["figures"]["accuracy"]["difference"]["low"] is None


def test_better_inspector_is_named() -> None:
    """With what it is better at."""
    found = compare_pair(_pair(_wrong(100, *range(1, 25, 2)), _wrong(100)), NAMES).plain()

    assert found["verdict"].startswith("new is better")
    assert "new lets fewer defective parts through" in found["verdict"]
    assert found["figures"]["escape_rate"]["difference"]["high"] < 0


def test_small_difference_is_a_tie() -> None:
    """Three errors against one."""
    found = compare_pair(_pair(_wrong(100, 1, 3, 5), _wrong(100, 7)), NAMES).plain()
    difference = found["figures"]["accuracy"]["difference"]

    assert found["verdict"].startswith("A tie")
    assert difference["low"] < 0 < difference["high"]


def test_no_difference_leaves_room_for_one() -> None:
    """The same verdicts on forty parts are no proof of equality."""
    found = compare_pair(_pair(_wrong(40, 1), _wrong(40, 1)), NAMES).plain()
    difference = found["figures"]["accuracy"]["difference"]

    assert "cannot tell them apart" in found["verdict"]
    assert 0.05 < difference["high"] < 0.12
    assert difference["low"] == -difference["high"]


def test_trade_of_escapes_for_overkill_is_said() -> None:
    """Better on the one side, worse on the other: costs decide."""
    found = compare_pair(
        _pair(_wrong(200, *range(1, 25, 2)), _wrong(200, *range(0, 24, 2))), NAMES
    ).plain()

    assert found["verdict"].startswith("Neither is better in all")
    assert "old rejects fewer good parts" in found["verdict"]
