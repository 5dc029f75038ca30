"""The operating point turns scores into words."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from okng.verdict import (
    Judgement,
    OperatingPoint,
    Output,
    Verdict,
    decide,
    decide_all,
    float32_threshold,
    likeliest_class,
    reaches_threshold,
)

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


def _decisions(point: OperatingPoint, scores: list[float], unfamiliarity: list[float]) -> list[str]:
    rows = np.array([[1 - score, score] for score in scores])
    output = Output(rows, np.array(scores), np.array(unfamiliarity))
    together = decide_all(output, point, has_ok=True)
    each = zip(rows, scores, unfamiliarity, strict=True)
    alone = [decide(Output(*one), point, has_ok=True) for one in each]
    assert together == alone
    return [f"{decision.verdict} {decision.reason}".strip() for decision in together]


def test_error_goes_before_unfamiliar_and_unfamiliar_before_the_band() -> None:
    """The whole rule, one photo at a time and as arrays."""
    point = BAND.model_copy(update={"unfamiliar_limit": 0.9})
    scores = [0.1, 0.5, 0.9, 0.1, 0.5, 0.9, math.nan, 0.1]
    unfamiliarity = [0.9, 0.2, 0.2, 0.91, 0.91, 0.91, 0.91, math.nan]

    assert _decisions(point, scores, unfamiliarity) == [
        "OK", "REVIEW band", "NG", "REVIEW unfamiliar", "REVIEW unfamiliar", "REVIEW unfamiliar",
        "ERROR", "OK",
    ]  # fmt: skip


def test_a_model_without_an_ok_class_calls_every_part_ng() -> None:
    """Its graph gives the score 1, which reaches any threshold."""
    decision = decide(Output(np.array([0.2, 0.8]), 1.0), OperatingPoint(threshold=1), has_ok=False)

    assert (decision.verdict, decision.class_index) == (Judgement.NG, 1)


THRESHOLDS = [0.0, 5e-324, 0.1, 0.2, 0.3, 1 / 3, 0.5, 0.7, 1 - 2**-53, 1.0,
              *np.random.default_rng(0).random(500).tolist()]  # fmt: skip


def test_float32_and_float64_compare_alike_at_the_neighbours_of_any_threshold() -> None:
    """The float32 scores around a threshold get one verdict, whoever compares."""
    for threshold in THRESHOLDS:
        sealed = float32_threshold(threshold)
        around = [np.float32(threshold), sealed]
        around += [np.nextafter(s, np.float32(end)) for s in around for end in (0, 1)]
        scores = np.array(around, dtype=np.float32)
        by_graph = scores >= sealed

        assert by_graph.tolist() == [float(score) >= threshold for score in scores]
        assert by_graph.tolist() == reaches_threshold(scores, threshold).tolist()
        assert by_graph.tolist() == [reaches_threshold(score, threshold) for score in scores]


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
