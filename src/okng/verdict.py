"""What an inspection says: the judgement, the operating point that makes it, and the verdict.

This module knows nothing about photos, networks or files.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator


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
        if not np.isfinite(defect_score):
            return Judgement.ERROR
        if (
            self.review_low is not None
            and self.review_high is not None
            and self.review_low <= defect_score < self.review_high
        ):
            return Judgement.REVIEW
        return Judgement.NG if defect_score >= self.threshold else Judgement.OK

    def is_unfamiliar(self, unfamiliarity: float) -> bool:
        """Whether a photo is so unlike the training photos that a person decides.

        False where the model file does not tell how unlike it is (NaN).
        """
        return self.unfamiliar_limit is not None and unfamiliarity > self.unfamiliar_limit


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
