"""What was measured, with which file and settings, how fast, and what was decided."""

from typing import Any

from pydantic import Field

from okng.evaluation.results.base import Rate, Result, Worded


class Speed(Result):
    """Time from file to verdict on this PC, one photo at a time."""

    milliseconds: float = Field(description="median, in ms")
    photos: int = Field(description="photos that were timed")
    width: int = Field(description="width of the first, in pixels")
    height: int = Field(description="height of the first, in pixels")
    threads: int = Field(description="threads of the runtime")


class Baseline(Result):
    """A trivial judge on the same photos."""

    accuracy: Rate = Field(description="correct verdicts")
    roc_auc: Rate = Field(description="area under the ROC curve, which needs no threshold")


class Baselines(Result):
    """Judges that no inspector should lose to. From `okng train` only.

    The report compares by `roc_auc`, which does not depend on a threshold.
    """

    brightness: Baseline = Field(
        description="logistic regression on mean and deviation of the grey values"
    )
    nearest_neighbour: Baseline = Field(description="the most similar training photo, over 8 poses")


class NumberFormat(Result):
    """The number format of the frozen layers, and why. From `okng train` only."""

    precision: str = Field(description="`int8` or `float32`")
    reason: str = Field(
        description="`asked`, `as_accurate`, `less_accurate`, `not_faster`, `few_photos` or "
        "`few_parts`"
    )
    photos: int | None = Field(None, description="photos of the trial; absent without one")
    faster: float | None = Field(
        None, description="time of float32 over time of INT8, on the PC of the training"
    )
    loss_float32: float | None = Field(
        None, description="log-loss out of fold of a classifier on float32 features"
    )
    loss_int8: float | None = Field(None, description="the same on INT8 features")


class AccuracyCompared(Result):
    """An accuracy of `history.csv` beside that of the model file, before its calibration."""

    split: str = Field(description="`train` or `val`")
    by_training: float = Field(description="in `history.csv`, in [0, 1]")
    by_file: float = Field(description="of the model file, in [0, 1]")


class TrainingAgreement(Result):
    """The model file against the network on the pixels of training, on validation photos.

    At most 256 photos. The network gets the pixels that training kept, the file decodes and
    resizes the photos itself. Where scores differ by more than 0.001, or an accuracy by more than
    3 % and two photos, the run ends with an error, and no model file is published.
    """

    photos: int = Field(description="photos")
    largest_difference: float = Field(description="of scores and probabilities, in [0, 1]")
    verdicts_changed: int = Field(description="photos with another verdict or class")
    accuracy_of_training: float = Field(
        description="share of photos whose likeliest class is right, by the network"
    )
    accuracy_of_file: float = Field(description="the same by the file")
    history: tuple[AccuracyCompared, ...] = Field(
        description="accuracies of `history.csv` beside those of the file, for the splits where "
        "they are of the very network in the file: not out of fold, not of varied photos"
    )


class Decoding(Result):
    """Verdicts with JPEGs decoded at a fraction of their size, against those at full size.

    On at most 256 photos, validation photos first. Where one changes, the model file decodes at
    full size, and all figures are those of that.
    """

    reduced_side: int = Field(description="pixels that the shorter side keeps at least")
    photos: int = Field(description="photos that were decoded at 1/8, 1/4 or 1/2")
    largest_difference: float = Field(description="of scores and probabilities, in [0, 1]")
    verdicts_changed: int = Field(description="photos with another verdict or class")
    reduced: bool = Field(description="whether the model file decodes at a fraction")


class Export(Result):
    """The model file against the trained network on the test photos. From `okng train` only."""

    photos: int = Field(description="photos")
    largest_difference: float = Field(description="of scores and probabilities, in [0, 1]")
    largest_unfamiliarity: float | None = Field(
        description="of the unfamiliarity, in [0, 1]; 0 where there is none"
    )
    verdicts_changed: int = Field(description="photos with another verdict")
    training: TrainingAgreement | None = Field(
        None, description="the model file against training, on validation photos"
    )
    decoding: Decoding | None = Field(
        None, description="JPEGs at a fraction of their size; `null` where none was so large"
    )


class Circumstances(Result):
    """Photos, policy and versions of an `okng evaluate`."""

    photos: str = Field(description="folder or manifest")
    data_digest: str = Field(description="SHA-256 of photos and labels")
    judged: str = Field(description="time in UTC, ISO 8601")
    unreadable: int = Field(description="files that are no readable photos")
    policy: dict[str, Any] | None = Field(
        description="settings of the operating point; `null` where the model's own was taken"
    )
    versions: dict[str, str] = Field(description="version by package")


class LimitState(Result):
    """One required rate, and whether the test proves it."""

    rate: str = Field(description="`escape_rate` or `overkill_rate`")
    limit: float = Field(description="required rate, in [0, 1]")
    state: str = Field(description="`met`, `not proven` or `not met`")


class DecisionResult(Worded):
    """Whether the required rates are proven, by the figures that stand first on page 1."""

    state: str = Field(description="`met`, `not proven`, `not met` or `no evidence`")
    title: str = Field(description="the state in English, as the report heads it")
    limits: tuple[LimitState, ...] = Field(description="one per required rate")
