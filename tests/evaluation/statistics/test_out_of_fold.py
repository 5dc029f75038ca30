"""Figures of all parts, each judged by a classifier that never saw it."""

import numpy as np
import pandas as pd
import pytest

from okng.config import OperatingSettings
from okng.evaluation import Scores
from okng.evaluation.metrics.out_of_fold import cross_fitted, out_of_fold


def scores_of(values: np.ndarray, truth: np.ndarray, groups: list[str] | None = None) -> Scores:
    """A table of scores of two classes."""
    table = pd.DataFrame(
        {
            "path": [f"{number}.jpg" for number in range(len(values))],
            "split": "train",
            "label": np.where(truth, "ng", "ok"),
            "group": groups or "",
            "verdict": np.where(values >= 0.5, "NG", "OK"),
            "defect_score": values,
            "class": np.where(values >= 0.5, "ng", "ok"),
            "threshold": 0.5,
            "error": "",
            "p_ok": 1 - values,
            "p_ng": values,
        }
    )
    return Scores(table, ("ok", "ng"), "ok")


@pytest.fixture
def noise() -> Scores:
    """Two hundred parts whose scores say nothing."""
    rng = np.random.default_rng(3)
    return scores_of(rng.random(200), np.arange(200) % 2 == 0)


def test_threshold_chosen_on_noise_promises_nothing() -> None:
    """At thresholds from other parts, escapes and overkill of a guess add up to one on average.

    At a threshold chosen on the photos themselves they add up to less: the best of many.
    """
    rng, truth, sums = np.random.default_rng(3), np.arange(40) % 2 == 0, []
    for _ in range(20):
        noise = scores_of(rng.random(40), truth)
        found = out_of_fold(noise, OperatingSettings(), 0.5, noise).plain()
        sums.append(found["escape_rate"]["value"] + found["overkill_rate"]["value"])

    assert found["threshold"]["method"] == "cross-fitted"
    assert np.mean(sums) == pytest.approx(1, abs=0.1)


def test_parts_stay_whole(noise: Scores) -> None:
    """All photos of a part are judged at one threshold, which they did not choose."""
    groups = [f"part {number // 4}" for number in range(200)]
    truth = np.arange(200) // 4 % 2 == 0
    found = cross_fitted(scores_of(noise.defect_scores, truth, groups), OperatingSettings(), 0.5)

    assert all(len(set(found.values[n : n + 4])) == 1 for n in range(0, 200, 4))
    assert 2 <= len(set(found.values)) <= 5


def test_one_part_of_a_class_is_judged_at_the_threshold_of_the_file() -> None:
    """And the figures say that it was chosen on these photos."""
    values = np.array([0.1, 0.2, 0.3, 0.9])
    found = out_of_fold(scores_of(values, values > 0.5), OperatingSettings(), 0.6,
                        scores_of(values, values > 0.5)).plain()  # fmt: skip

    assert found["threshold"] == {"method": "chosen on the same photos", "low": 0.6, "high": 0.6}
    assert found["confusion_matrix"] == [[3, 0], [0, 1]]


def test_large_test_stands_first(noise: Scores) -> None:
    """From thirty parts of each class in the test on, the folds come second."""
    small = noise.keep(np.arange(200) < 58)

    assert out_of_fold(noise, OperatingSettings(), 0.5, noise).stands_first is False
    assert out_of_fold(noise, OperatingSettings(), 0.5, small).stands_first is True
