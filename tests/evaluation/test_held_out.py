"""Distributions that are sealed into a model file: of photos of parts that taught nothing."""

import numpy as np
import pandas as pd
import pytest

from okng.evaluation import Scores
from okng.evaluation.held_out import held_out
from okng.modelfile import BINS
from okng.verdict import log_odds

ROWS = [  # split, label, group, score, verdict, unfamiliarity
    ("train", "ok", "a", 0.01, "OK", 0.1),
    ("val", "ok", "b", 0.10, "OK", 0.2),
    ("val", "dent", "c", 0.90, "NG", 0.9),
    ("test", "ok", "d", 0.05, "OK", 0.4),
    ("test", "ok", "d", 0.05, "OK", 0.4),
    ("test", "ok", "e", 0.70, "NG", 0.8),
    ("test", "dent", "f", 1.00, "NG", 1.0),
    ("test", "ok", "a", 0.02, "OK", 0.0),  # a part of training
]


def _scores(rows: list[tuple[str, str, str, float, str, float]] = ROWS) -> Scores:
    names = ["split", "label", "group", "defect_score", "verdict", "unfamiliarity"]
    table = pd.DataFrame(rows, columns=names)
    table["path"] = [f"{n}.png" for n in range(len(rows))]
    table["error"], table["class"] = "", "ok"
    table["threshold"] = table["p_ok"] = table["p_dent"] = 0.5
    return Scores(table, ("ok", "dent"), "ok")


def _filled(counts: tuple[int, ...]) -> dict[int, int]:
    return {number: count for number, count in enumerate(counts) if count}


def test_parts_of_training_are_left_out() -> None:
    """Also where the test has a photo of one; a score of 1 is in the last bin."""
    found = held_out(_scores())

    assert found is not None
    assert _filled(found.good) == {2: 2, 5: 1, 35: 1}
    assert _filled(found.defective) == {45: 1, BINS - 1: 1}


def test_photos_of_folds_count_as_their_folds_scored_them() -> None:
    """Not as the file does, which learned from them; their unfamiliarity is not known."""
    folded = _scores([
        ("train", "ok", "a", 0.31, "OK", 0.5), ("val", "ok", "b", 0.33, "OK", 0.5),
        ("val", "dent", "c", 0.81, "NG", 0.5),
    ])  # fmt: skip
    found = held_out(_scores(), folded)

    assert found is not None
    assert _filled(found.good) == {2: 2, 15: 1, 16: 1, 35: 1}
    assert _filled(found.defective) == {40: 1, BINS - 1: 1}
    assert found.passed_log_odds is not None
    assert found.passed_log_odds.parts == 3
    assert found.unfamiliarity is not None
    assert sum(found.unfamiliarity) == 3


def test_moments_are_those_of_good_parts_that_pass() -> None:
    """What the station charts: parts with the verdict OK, and the parts that are evidence."""
    found = held_out(_scores())
    odds = [log_odds(score) for score in (0.10, 0.05, 0.05)]

    assert found is not None
    assert found.passed_log_odds is not None
    assert found.passed_log_odds.mean == pytest.approx(np.mean(odds))
    assert found.passed_log_odds.deviation == pytest.approx(np.std(odds, ddof=1))
    assert found.passed_log_odds.parts == 2
    assert found.good_unfamiliarity is not None
    assert found.good_unfamiliarity.mean == pytest.approx(0.45)


def test_without_unseen_photos_or_ok_class_there_is_none() -> None:
    """The page then compares with the period before."""
    scores = _scores()

    assert held_out(scores.select("train")) is None
    assert held_out(Scores(scores.table, scores.classes, None)) is None
    assert held_out(Scores(scores.table.assign(error="damaged"), scores.classes, "ok")) is None


def test_one_photo_has_no_deviation() -> None:
    """Then no baseline is stated."""
    found = held_out(_scores(ROWS[3:4]))

    assert found is not None
    assert found.passed_log_odds is None
