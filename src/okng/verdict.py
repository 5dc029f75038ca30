"""The rule that turns the output of a model file into a verdict: `decide`.

It stands here alone. The line, the metrics, the out-of-fold scores and the checks of the export all
call it, and the ONNX graph is tested against it. It does not handle photos, networks or files.

Scores are compared with the threshold in float64. A float32 score of the graph is the same number
in float64, thresholds are float64 in the metadata and in `metrics.json`, and the threshold sweeps
count in float64, so every count agrees with every verdict. The graph itself computes in float32: it
gets the threshold of `float32_threshold`, with which its comparison gives the same answer.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]
_SUREST = 1e-6  # a float32 score near 1 has steps of 6e-8, so beyond it rounding decides


@overload
def reaches_threshold(scores: float, threshold: float) -> bool: ...
@overload
def reaches_threshold(scores: Floats, threshold: float | Floats) -> Bools: ...


def reaches_threshold(scores: float | Floats, threshold: float | Floats) -> bool | Bools:
    """Whether defect scores are at or above a threshold: the only comparison of the two.

    Args:
        scores: defect scores in [0, 1], of any shape and precision.
        threshold: in [0, 1]; one, or one per score.

    Returns:
        A bool for one score, an array for an array. False for NaN.
    """
    # NumPy compares a float32 with a Python float in float32, so both are widened first.
    if isinstance(scores, np.ndarray):
        return np.asarray(scores.astype(np.float64) >= np.asarray(threshold, np.float64))
    return bool(float(scores) >= threshold)


def log_odds(score: float) -> float:
    """Log-odds of a defect score, from -13.8 to 13.8: scores nearer to 0 or 1 are no surer."""
    bounded = min(max(score, _SUREST), 1 - _SUREST)
    return math.log(bounded / (1 - bounded))


def float32_threshold(threshold: float) -> np.float32:
    """The smallest float32 that is not below a threshold.

    A float32 score reaches it exactly where the score reaches the threshold in float64. The
    nearest float32 can lie below the threshold, and a score between the two would differ.
    """
    nearest = np.float32(threshold)
    return nearest if float(nearest) >= threshold else np.nextafter(nearest, np.float32(np.inf))


def likeliest_class(
    probabilities: npt.NDArray[np.floating], *, has_ok: bool
) -> npt.NDArray[np.int64]:
    """Index of the likeliest class; of two classes this is the one that a threshold of 0.5 takes.

    Args:
        probabilities: float (..., K); the OK class first, if there is one.
        has_ok: whether there is an OK class. It needs to be likelier than every defect class.

    Returns:
        int (...).
    """
    if not has_ok:
        return np.asarray(probabilities.argmax(axis=-1))
    defect = likeliest_defect(probabilities)
    is_good = probabilities[..., 0] > probabilities[..., 1:].max(axis=-1)
    return np.where(is_good, 0, defect)


def likeliest_defect(probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """Index (...) of the likeliest class but the first, of probabilities float (..., K)."""
    return np.asarray(1 + probabilities[..., 1:].argmax(axis=-1))


class Judgement(StrEnum):
    """The word that the shop floor acts on."""

    OK = "OK"
    NG = "NG"
    REVIEW = "REVIEW"
    ERROR = "ERROR"


class OperatingPoint(BaseModel):
    """Threshold and review band on the defect score, and how they came about.

    A score at or above `threshold` is NG. With a band, every score in
    [`review_low`, `review_high`) is REVIEW instead: a person decides. So is every photo whose
    unfamiliarity exceeds `unfamiliar_limit`, whatever its score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(ge=0.0, le=1.0)
    review_low: float | None = Field(default=None, ge=0.0, le=1.0)
    review_high: float | None = Field(default=None, ge=0.0, le=1.0)
    unfamiliar_limit: float | None = Field(default=None, gt=0.0, le=1.0)
    policy: str = "given"
    reason: str = ""
    chosen: datetime | None = None

    @model_validator(mode="after")
    def _band_is_whole(self) -> "OperatingPoint":
        if (self.review_low is None) != (self.review_high is None):
            raise ValueError("a review band needs both review_low and review_high")
        if (
            self.review_low is not None
            and self.review_high is not None
            and not self.review_low <= self.threshold <= self.review_high
        ):
            raise ValueError("the threshold must lie inside the review band")
        return self

    def judge(self, defect_score: float) -> Judgement:
        """Turn a defect score in [0, 1] into OK, NG or REVIEW. NaN is ERROR, never OK."""
        return _rule(defect_score, math.nan, self)[0]

    @overload
    def is_unfamiliar(self, unfamiliarity: float) -> bool: ...
    @overload
    def is_unfamiliar(self, unfamiliarity: Floats) -> Bools: ...

    def is_unfamiliar(self, unfamiliarity: float | Floats) -> bool | Bools:
        """Whether a photo is so unlike the training photos that a person decides.

        Args:
            unfamiliarity: in [0, 1], of any shape.

        Returns:
            A bool for one value, an array for an array. False where the model file gives no
            unfamiliarity (NaN).
        """
        limit = math.inf if self.unfamiliar_limit is None else self.unfamiliar_limit
        if isinstance(unfamiliarity, np.ndarray):
            return np.asarray(unfamiliarity.astype(np.float64) > limit)
        return bool(float(unfamiliarity) > limit)


class Output(NamedTuple):
    """What a model file computes of one photo, or of N photos.

    Attributes:
        probabilities: float (K,) or (N, K), calibrated, in [0, 1]; the OK class first, if any.
        defect_score: one number or float (N,), in [0, 1]; 1 where there is no OK class.
        unfamiliarity: one number or float (N,), in [0, 1]; NaN where the file gives none.
    """

    probabilities: Floats
    defect_score: float | Floats
    unfamiliarity: float | Floats = math.nan


class Decision(NamedTuple):
    """What the rule makes of one output.

    Attributes:
        verdict: OK, NG, REVIEW, or ERROR where the score is no number.
        class_index: the likeliest class, whatever the threshold.
        reason: why a person decides: `band`, `unfamiliar`, or empty.
    """

    verdict: Judgement
    class_index: int
    reason: str


def decide(output: Output, point: OperatingPoint, *, has_ok: bool) -> Decision:
    """Apply an operating point to the output for one photo.

    Args:
        output: for one photo.
        point: threshold, review band and limit of unfamiliarity.
        has_ok: whether there is an OK class. Where there is none, every score is 1, so NG.
    """
    index = likeliest_class(output.probabilities, has_ok=has_ok)
    verdict, reason = _rule(float(output.defect_score), float(output.unfamiliarity), point)
    return Decision(verdict, int(index), reason)


def decide_all(output: Output, point: OperatingPoint, *, has_ok: bool) -> list[Decision]:
    """Apply an operating point to the output for N photos; one decision each, as `decide` gives."""
    indices = likeliest_class(output.probabilities, has_ok=has_ok).tolist()
    scores = np.broadcast_to(output.defect_score, len(indices)).tolist()
    unfamiliar = np.broadcast_to(output.unfamiliarity, len(indices)).tolist()
    rows = zip(indices, scores, unfamiliar, strict=True)
    return [Decision(verdict, index, reason) for index, score, strangeness in rows
            for verdict, reason in [_rule(score, strangeness, point)]]  # fmt: skip


def _rule(score: float, unfamiliarity: float, point: OperatingPoint) -> tuple[Judgement, str]:
    """Verdict and reason. ERROR goes before unfamiliar, unfamiliar before the band."""
    if not math.isfinite(score):
        return Judgement.ERROR, ""
    if point.is_unfamiliar(unfamiliarity):
        return Judgement.REVIEW, "unfamiliar"
    low, high = point.review_low, point.review_high
    if low is not None and high is not None and low <= score < high:
        return Judgement.REVIEW, "band"
    return Judgement.NG if reaches_threshold(score, point.threshold) else Judgement.OK, ""


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The result of one inspection.

    Attributes:
        verdict: OK, NG, REVIEW, or ERROR when the photo could not be judged.
        defect_score: 1 - P(OK class), calibrated, in [0, 1]; NaN for ERROR.
        class_name: the likeliest class, whatever the threshold; empty for ERROR. A low threshold
            makes a part NG whose likeliest class is the OK class, a high one makes a part OK whose
            likeliest class is a defect.
        probabilities: one value in [0, 1] per class, summing to 1; empty for ERROR.
        threshold: the threshold that was applied.
        path: the photo's path, or empty for photos that came as bytes or arrays.
        error: why the photo could not be judged, or empty.
        heatmap: float32 (h, w) in [0, 1], coarse; None when it was not asked for.
        evidence: float32 (h, w), what each place adds to the log-odds of defective, whatever the
            verdict; None when no heatmap was asked for, and where the model file has none.
        unfamiliarity: share in [0, 1] of parts unseen in training that are less unlike the
            training photos; NaN for ERROR, and where the model file does not tell it.
        reason: why a person decides: `band`, `unfamiliar`, or empty.
    """

    verdict: Judgement
    defect_score: float
    class_name: str
    probabilities: dict[str, float] = field(default_factory=dict)
    threshold: float = 0.5
    path: str = ""
    error: str = ""
    heatmap: npt.NDArray[np.float32] | None = None
    evidence: npt.NDArray[np.float32] | None = None
    unfamiliarity: float = float("nan")
    reason: str = ""

    def __bool__(self) -> bool:
        """Refused: every verdict would count as true, NG and ERROR, too.

        Raises:
            TypeError: always.
        """
        raise TypeError("A verdict is neither true nor false: ask verdict.ok")

    @property
    def ok(self) -> bool:
        """True only for OK: REVIEW and ERROR never pass a part."""
        return self.verdict is Judgement.OK

    @property
    def in_full(self) -> str:
        """The verdict, its reason or error, and the class where a model tells several types apart.

        Two runs of a model agree on a photo where this is equal.
        """
        kind = self.class_name if len(self.probabilities) > 2 else ""
        return ", ".join(filter(None, (self.verdict.value, self.reason, self.error, kind)))

    def to_row(self) -> dict[str, str | float | None]:
        """Plain values, as a table of verdicts has them; what an ERROR does not have is None."""
        return {
            "path": self.path,
            "verdict": self.verdict.value,
            "defect_score": number_or_none(self.defect_score),
            "class": self.class_name or None,
            "threshold": self.threshold,
            "error": self.error or None,
            **{f"p_{name}": value for name, value in self.probabilities.items()},
            "unfamiliarity": number_or_none(self.unfamiliarity),
            "reason": self.reason or None,
        }


def number_or_none(value: float) -> float | None:
    """The number; None for NaN, which JSON does not have."""
    return None if math.isnan(value) else value
