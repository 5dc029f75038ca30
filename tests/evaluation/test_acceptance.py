"""Grades after AIAG, and kappa as others compute it."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from okng.evaluation.metrics.attribute_agreement import acceptance

RNG = np.random.default_rng(0)


def _graded(good: int, defective: int, escapes: int = 0, overkills: int = 0) -> dict[str, Any]:
    truth = np.arange(good + defective) < defective
    called = truth.copy()
    called[:escapes] = False
    called[defective : defective + overkills] = True
    return acceptance(truth, called, np.arange(len(truth))).plain()


def test_kappa_is_that_of_scikit_learn_and_statsmodels() -> None:
    """To nine digits."""
    truth = RNG.random(300) < 0.3
    called = truth ^ (RNG.random(300) < 0.1)
    found = acceptance(truth, called, np.arange(300)).plain()["kappa"]
    table = [[(truth & called).sum(), (truth & ~called).sum()],
             [(~truth & called).sum(), (~truth & ~called).sum()]]  # fmt: skip

    assert found["value"] == pytest.approx(cohen_kappa_score(truth, called), abs=1e-9)
    assert found["value"] == pytest.approx(float(cohens_kappa(np.array(table)).kappa), abs=1e-9)
    assert found["low"] < found["value"] < found["high"]


@pytest.mark.parametrize(
    ("escapes", "overkills", "grade"),
    [(0, 0, "acceptable"), (2, 5, "acceptable"), (3, 0, "marginal"), (0, 6, "marginal"),
     (6, 0, "unacceptable"), (0, 11, "unacceptable")],
)  # fmt: skip
def test_limits_are_those_of_aiag(escapes: int, overkills: int, grade: str) -> None:
    """Miss rate 2 and 5 %, false alarms 5 and 10 %, of 100 parts each."""
    assert _graded(100, 100, escapes, overkills)["grade"] == grade


def test_small_perfect_test_proves_little() -> None:
    """Acceptable as it stands, unacceptable as far as ten parts can tell."""
    found = _graded(10, 10)

    assert found["grade"] == "acceptable"
    assert found["grade_of_bound"] == "unacceptable"
    assert "too small to prove it" in found["sentences"][1]


def test_large_perfect_test_proves_acceptance() -> None:
    """A thousand parts of each kind."""
    assert _graded(1000, 1000)["grade_of_bound"] == "acceptable"


def test_missing_class_has_no_grade() -> None:
    """Without good parts nobody knows of false alarms."""
    found = _graded(0, 10)

    assert found["grade"] == "unknown"
    assert "false alarm rate, kappa" in found["sentences"][0]
