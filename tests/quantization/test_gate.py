"""The gate: a file in INT8 may replace another where no verdict changes and something is gained."""

import numpy as np
import pytest

from okng.inference.frames import Frame
from okng.quantization.gate import Comparison, FileVerdicts, compared
from okng.quantization.result import Changed
from okng.verdict import Judgement, Verdict


class _Model:
    """Takes a fixed time for each photo, on a clock of its own."""

    def __init__(self, now: list[float], seconds: float) -> None:
        self._now, self._seconds = now, seconds

    def inspect(self, frames: list[Frame], *, heatmap: bool) -> list["_Inspection"]:  # noqa: ARG002
        """Let the time pass."""
        self._now[0] += self._seconds
        return [_Inspection() for _ in frames]


class _Inspection:
    verdict = Verdict(Judgement.OK, 0.1, "ok", {"ok": 0.9, "ng": 0.1}, 0.5, "")


def _verdict(score: float, judgement: Judgement, reason: str = "") -> Verdict:
    shares = {"ok": 1 - score, "ng": score}
    return Verdict(judgement, score, "ok", shares, 0.5, "", reason=reason)


def _compared(
    before: list[Verdict], after: list[Verdict], times: tuple[float, float]
) -> Comparison:
    now = [0.0]
    frames = [Frame(np.zeros((4, 4, 3), np.uint8), f"{n}.png") for n in range(len(before))]
    first, second = (
        FileVerdicts(_Model(now, seconds), verdicts)  # type: ignore[arg-type]
        for seconds, verdicts in zip(times, (before, after), strict=True)
    )
    return compared(first, second, frames, clock=lambda: now[0])


def test_a_changed_verdict_is_named_with_both_scores() -> None:
    """OK becomes NG; the other photo moves and stays what it was."""
    found = _compared(
        [_verdict(0.49, Judgement.OK), _verdict(0.7, Judgement.NG)],
        [_verdict(0.51, Judgement.NG), _verdict(0.6, Judgement.NG)],
        (2.0, 1.0),
    )

    assert found.changed == (
        Changed(photo="0.png", before="OK", after="NG", score_before=0.49, score_after=0.51),
    )
    assert found.largest_move == pytest.approx(0.1)
    assert found.faster == pytest.approx(2.0)


def test_another_reason_is_another_verdict() -> None:
    """A photo that a person decides on for being unfamiliar, and then for its score."""
    found = _compared(
        [_verdict(0.5, Judgement.REVIEW, "unfamiliar")],
        [_verdict(0.5, Judgement.REVIEW, "band")],
        (2.0, 1.0),
    )

    assert [(each.before, each.after) for each in found.changed] == [
        ("REVIEW, unfamiliar", "REVIEW, band")
    ]


@pytest.mark.parametrize(
    ("changed", "move", "faster", "outcome"),
    [
        (0, 0.02, 1.1, "accepted"),
        (0, 0.021, 9.0, "scores_move"),
        (0, 0.0, 1.09, "no_gain"),
        (1, 0.0, 9.0, "verdicts_change"),
    ],
)
def test_each_reason_refuses(changed: int, move: float, faster: float, outcome: str) -> None:
    """A verdict, a score that moves by more than 0.02, or less than 1.1 times the speed."""
    one = Changed(photo="a", before="OK", after="NG", score_before=0.4, score_after=0.6)

    assert Comparison((one,) * changed, move, faster).outcome(0.02) == outcome
