"""The operating point turns scores into words."""

import numpy as np
import pytest
from pydantic import ValidationError

from okng.verdict import Judgement, OperatingPoint, Verdict, likeliest_class

BAND = OperatingPoint(threshold=0.5, review_low=0.4, review_high=0.6)


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.0, Judgement.OK), (0.4999, Judgement.OK), (0.5, Judgement.NG), (1.0, Judgement.NG)],
)
def test_score_at_the_threshold_is_ng(score: float, expected: Judgement) -> None:
    """The threshold itself belongs to NG."""
    assert OperatingPoint(threshold=0.5).judge(score) is expected


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.39, Judgement.OK), (0.4, Judgement.REVIEW), (0.59, Judgement.REVIEW), (0.6, Judgement.NG)],
)
def test_band_asks_a_person(score: float, expected: Judgement) -> None:
    """Inside the band a person decides."""
    assert BAND.judge(score) is expected


def test_nan_is_never_ok() -> None:
    """A score that is no number is an error."""
    assert OperatingPoint(threshold=0.5).judge(float("nan")) is Judgement.ERROR


@pytest.mark.parametrize(
    "values",
    [{"threshold": 1.5}, {"threshold": 0.5, "review_low": 0.4},
     {"threshold": 0.5, "review_low": 0.6, "review_high": 0.7}],
)  # fmt: skip
def test_impossible_operating_points_are_refused(values: dict[str, float]) -> None:
    """A threshold outside of [0, 1] or of its band cannot be made."""
    with pytest.raises(ValidationError):
        OperatingPoint(**values)


def test_review_and_error_do_not_pass() -> None:
    """Only OK passes a part."""
    passed = [j for j in Judgement if Verdict(j, 0.1, "ok").ok]

    assert passed == [Judgement.OK]


def test_the_likeliest_class_asks_no_threshold() -> None:
    """The OK class needs to be likelier than every defect class, not than all of them together."""
    types = np.array([[0.4, 0.3, 0.3], [0.3, 0.3, 0.4], [0.4, 0.4, 0.2]])

    assert likeliest_class(types, has_ok=True).tolist() == [0, 2, 1]
    assert likeliest_class(types[1], has_ok=False) == 2
    assert likeliest_class(np.array([0.5, 0.5]), has_ok=True) == 1


def test_verdict_is_no_truth_value() -> None:
    """`if inspector(photo):` would release every part."""
    verdict = Verdict(Judgement.NG, 0.9, "defective")

    with pytest.raises(TypeError, match=r"verdict\.ok"):
        bool(verdict)
    assert not verdict.ok
