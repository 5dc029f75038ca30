"""What thresholds do, how firm the chosen one is, and the rates out of fold."""

from typing import Literal

from pydantic import Field

from okng.evaluation.results.base import (
    Amount,
    LowerRate,
    Message,
    Rate,
    Result,
    Spread,
    UpperRate,
    Worded,
)


class Curve(Result):
    """Columns of equal length, at most 200 thresholds rising from 0 to 1.

    At a threshold, a score at or above it is NG.
    """

    good: int = Field(description="photos of good parts")
    defective: int = Field(description="photos of defective parts")
    threshold: tuple[float, ...] = Field(description="thresholds, rising, in [0, 1]")
    escapes: tuple[int, ...] = Field(description="defective photos below each threshold")
    overkills: tuple[int, ...] = Field(description="good photos at or above each threshold")
    escape_rate: tuple[float, ...] = Field(description="share of defective photos, in [0, 1]")
    overkill_rate: tuple[float, ...] = Field(description="share of good photos, in [0, 1]")
    f1: tuple[float, ...] = Field(description="F1 at each threshold, in [0, 1]")
    cost: tuple[float, ...] = Field(
        description="`cost_escape * escape_rate + cost_overkill * overkill_rate`"
    )


class ReviewCurve(Result):
    """The errors that are left when a person decides on ever more photos below the threshold.

    Columns of equal length, at most 50 rows.
    """

    on: str = Field(description="photos it was counted on: `validation`")
    review_low: tuple[float, ...] = Field(description="lower ends of the review band")
    review_high: tuple[float, ...] = Field(description="upper ends of the review band")
    review_rate: tuple[float, ...] = Field(description="share sent to a person, in [0, 1]")
    escape_rate: tuple[float, ...] = Field(description="escapes that no person sees, in [0, 1]")
    overkill_rate: tuple[float, ...] = Field(description="overkill that no person sees, in [0, 1]")


class NoReviewCurve(Result):
    """Without a threshold there is no review band: an empty object."""


class Curves(Result):
    """Escapes, overkill, F1 and cost over the threshold."""

    cost_escape: float = Field(description="weight of the escape rate")
    cost_overkill: float = Field(description="weight of the overkill rate")
    test: Curve | None = Field(None, description="of the reported photos")
    validation: Curve | None = Field(
        None, description="of the photos that the threshold was chosen on; absent without any"
    )
    review: ReviewCurve | NoReviewCurve | None = Field(
        None, description="of review bands on the validation photos; empty without a threshold"
    )


class ThresholdNote(Result):
    """One fact about what the threshold rests on."""

    code: Literal["few_parts", "edge_of_range"] = Field(
        description="`few_parts`: a side has fewer than 30 validation parts, and the threshold was "
        "chosen by cost or F1; `edge_of_range`: fewer than 5 % of the draws of "
        "`threshold_stability` choose as little, or as much"
    )
    good_parts: int = Field(description="validation parts of good photos")
    defective_parts: int = Field(description="validation parts of defective photos")
    threshold: float = Field(description="the chosen threshold")
    low: float | None = Field(description="2.5 % quantile of the draws; `null` for `few_parts`")
    middle: float | None = Field(description="median of the draws; `null` for `few_parts`")
    high: float | None = Field(description="97.5 % quantile of the draws; `null` for `few_parts`")


class ThresholdStability(Worded):
    """What the same policy chooses on resampled validation parts.

    Absent for a given threshold.
    """

    draws: int = Field(description="draws of the validation parts that had both classes")
    threshold: float = Field(description="the chosen threshold")
    low: float = Field(description="2.5 % quantile of the thresholds of the draws")
    high: float = Field(description="97.5 % quantile of the thresholds of the draws")
    quantiles: dict[str, float] = Field(description="quantiles 0.05, 0.5 and 0.95 of the draws")
    photos: int = Field(description="validation photos")
    groups: int = Field(description="validation parts")
    escape_rate: Spread | None = Field(
        None, description="95 % spread of the rate on the reported photos over the draws"
    )
    overkill_rate: Spread | None = Field(
        None, description="95 % spread of the rate on the reported photos over the draws"
    )
    notes: tuple[ThresholdNote, ...] = Field(
        (), description="those of `threshold_notes` that come from these draws"
    )


class Alternative(Result):
    """The threshold for another ratio of costs, on the photos that the threshold was chosen on."""

    cost_ratio: int = Field(description="cost of an escape, in overkills")
    threshold: float = Field(description="threshold with the lowest expected cost")
    escape_rate: float = Field(description="on these photos, in [0, 1]")
    overkill_rate: float = Field(description="on these photos, in [0, 1]")


class FoldThreshold(Result):
    """The thresholds of the out-of-fold verdicts."""

    method: str = Field(
        description="`cross-fitted`: each fold at the threshold that the policy chooses on the "
        "other folds; `given`: by the settings; `chosen on the same photos`: a class has fewer "
        "than two parts"
    )
    low: float = Field(description="lowest of them")
    high: float = Field(description="highest of them")


class OutOfFold(Result):
    """Every photo outside of the test, scored by a classifier that was not trained on its part.

    There where the classifier of a run comes from folds (`okng train` with a pretrained network).
    The areas pool the scores of all folds, each calibrated by one common calibration. Without an
    OK class there are `accuracy`, `precision`, `recall`, `f1` and `confusion_matrix` alone.
    """

    photos: int = Field(description="photos outside of the test")
    groups: int = Field(description="parts outside of the test")
    stands_first: bool = Field(
        description="the test has fewer than 30 parts of a class, so these figures come first"
    )
    accuracy: LowerRate | Rate | None = Field(None, description="correct verdicts")
    precision: Rate | None = Field(None, description="as at the top level")
    recall: LowerRate | Rate | None = Field(None, description="as at the top level")
    f1: Rate | None = Field(None, description="as at the top level")
    specificity: LowerRate | Rate | None = Field(None, description="as at the top level")
    balanced_accuracy: Rate | None = Field(None, description="as at the top level")
    matthews: Rate | None = Field(None, description="as at the top level")
    roc_auc: Rate | None = Field(None, description="as at the top level")
    average_precision: Rate | None = Field(None, description="as at the top level")
    escape_rate: UpperRate | Rate | None = Field(None, description="as at the top level")
    overkill_rate: UpperRate | Rate | None = Field(None, description="as at the top level")
    good: Amount | None = Field(None, description="photos and parts")
    defective: Amount | None = Field(None, description="photos and parts")
    confusion_matrix: tuple[tuple[int, ...], ...] = Field(
        description="photos; rows in truth, columns as called, in the order of `classes`"
    )
    threshold: FoldThreshold | None = Field(None, description="thresholds of these verdicts")
    proves: tuple[str, ...] | None = Field(None, description="what these verdicts prove, English")
    proves_messages: tuple[Message, ...] | None = Field(
        None, description="the same as `code` and `values`"
    )
    sentences: tuple[str, ...] | None = Field(None, description="conclusions in English")
    messages: tuple[Message, ...] | None = Field(
        None, description="the conclusions as `code` and `values`"
    )
