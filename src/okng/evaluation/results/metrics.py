"""The content of `metrics.json`: one model, each section a model of its own."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field

from okng.evaluation.results.agreement import Acceptance, Breakdown, Repeatability
from okng.evaluation.results.base import (
    TOLERANT,
    Amount,
    LowerRate,
    Message,
    Rate,
    Result,
    UpperRate,
    english,
    message,
)
from okng.evaluation.results.counts import ClassScores, Leakage, Types, Unfamiliar, VerdictCounts
from okng.evaluation.results.provenance import (
    Baselines,
    Circumstances,
    DecisionResult,
    Export,
    NumberFormat,
    Speed,
)
from okng.evaluation.results.thresholds import (
    Alternative,
    Curves,
    OutOfFold,
    ThresholdNote,
    ThresholdStability,
)
from okng.evaluation.results.trust import (
    CalibrationErrors,
    ClassReliability,
    HeatmapCheck,
    Reliability,
    Robustness,
)

VERSION = 2
"""Version of the keys of `metrics.json`; files without one were written before there were any."""


class Metrics(Result):
    """Everything that was measured on the reported photos of a run or an evaluation.

    The positive class is *defective*. Rates of OK and NG use score >= threshold, so a review band
    does not change them.
    """

    version: int = Field(VERSION, description="version of these keys; absent in older files")
    accuracy: LowerRate | Rate = Field(description="correct verdicts")
    precision: Rate = Field(description="defective ones among the photos called NG")
    recall: LowerRate | Rate = Field(description="defective photos called NG")
    f1: Rate = Field(description="harmonic mean of precision and recall")
    specificity: LowerRate | Rate = Field(description="good photos called OK")
    balanced_accuracy: Rate = Field(description="mean of recall and specificity")
    matthews: Rate = Field(description="Matthews' correlation, in [-1, 1]")
    roc_auc: Rate = Field(description="area under the ROC curve, whatever the threshold")
    average_precision: Rate = Field(description="area under precision over recall")
    escape_rate: UpperRate | Rate = Field(description="defective photos called OK")
    overkill_rate: UpperRate | Rate = Field(description="good photos called NG")
    review_rate: Rate = Field(description="photos in the review band or unfamiliar")
    confusion_matrix: tuple[tuple[int, ...], ...] = Field(
        description="photos; rows in truth, in the order of `classes`; columns: of two classes as "
        "the threshold calls a photo, of more its likeliest class"
    )
    verdicts: dict[str, VerdictCounts] | None = Field(
        None,
        description="photos by class in truth that the threshold calls `OK` and `NG`; a review "
        "band does not count; absent without an OK class",
    )
    misses: int | None = Field(
        description="photos with a wrong verdict, or with the right one and the wrong defect type"
    )
    classes: tuple[str, ...] = Field(description="classes of the model, the OK class first")
    ok_class: str | None = Field(description="class of good parts; `null` without one")
    positive: Literal["defective"] = Field("defective", description="the positive class")
    threshold: float = Field(description="threshold of the defect score, in [0, 1]")
    split: str = Field(description="name of the reported photos")
    photos: int = Field(description="reported photos")
    groups: int = Field(description="parts they show, as far as known")
    good: Amount | None = Field(description="reported photos of good parts")
    defective: Amount | None = Field(description="reported photos of defective parts")
    classification_report: dict[str, ClassScores] = Field(
        description="figures by class, without intervals: these stand under `types.recall` and "
        "`by.label`"
    )
    errors: tuple[str, ...] = Field(
        description="paths of photos that could not be judged; they count as NG"
    )
    leakage: Leakage = Field(description="reported photos that show what training used")
    warnings: tuple[str, ...] = Field(
        description="sentences in English that belong beside the figures"
    )
    warning_messages: tuple[Message, ...] | None = Field(
        None, description="`warnings` as `code` and `values`"
    )
    operating_point: dict[str, Any] | None = Field(
        None,
        description="`threshold`, `review_low`, `review_high`, `unfamiliar_limit`, `policy`, "
        "`reason`, `chosen`",
    )
    calibration: CalibrationErrors | None = Field(
        None, description="calibration errors on the reported photos"
    )
    proves: tuple[str, ...] | None = Field(
        None,
        description="sentences in English: what this test proves, and what would prove more",
    )
    proves_messages: tuple[Message, ...] | None = Field(
        None, description="`proves` as `code` and `values`"
    )
    unfamiliar: Unfamiliar | None = Field(None, description="photos unlike the training photos")
    unseen_classes: dict[str, int] | None = Field(
        None,
        description="photos by defect class that the model does not have: they count as "
        "defective, but have no row in the confusion matrix of a model with types",
    )
    types: Types | None = Field(None, description="defect types")
    class_reliability: ClassReliability | None = Field(
        None, description="calibration of the likeliest class"
    )
    acceptance: Acceptance | None = Field(None, description="attribute agreement after AIAG")
    reliability: Reliability | None = Field(None, description="calibration of the defect score")
    curves: Curves | None = Field(None, description="figures over the threshold")
    threshold_stability: ThresholdStability | None = Field(
        None, description="thresholds on resampled validation parts"
    )
    threshold_notes: tuple[ThresholdNote, ...] | None = Field(
        None,
        description="what the threshold rests on, where that is little; empty where there is "
        "nothing to note, absent where the validation photos are not known; each note is also a "
        "sentence in `warnings`",
    )
    by: dict[str, Breakdown] | None = Field(None, description="rates by column")
    repeatability: Repeatability | None = Field(None, description="several runs over the parts")
    out_of_fold: OutOfFold | None = Field(None, description="figures of all other photos")
    alternatives: tuple[Alternative, ...] | None = Field(
        None, description="thresholds for other costs; from `okng train` only"
    )
    baselines: Baselines | None = Field(None, description="trivial judges")
    number_format: NumberFormat | None = Field(
        None, description="number format of frozen layers; absent where layers learned"
    )
    export: Export | None = Field(None, description="model file against network")
    robustness: Robustness | None = Field(None, description="verdicts on changed photos")
    heatmap_check: HeatmapCheck | None = Field(None, description="check of the heatmaps")
    speed: Speed | None = Field(None, description="time per photo on this PC")
    report: dict[str, Any] | None = Field(
        None,
        description="what the report is headed by and must prove, as given: `title`, `part`, "
        "`author`, `require_escape`, `require_overkill`, ...",
    )
    decision: DecisionResult | None = Field(None, description="whether required rates are proven")
    settings: dict[str, Any] | None = Field(
        None, description="every setting, resolved; from `okng train` only"
    )
    evaluation: Circumstances | None = Field(
        None, description="photos, policy, versions; from `okng evaluate` only"
    )
    model: dict[str, Any] | None = Field(
        None, description="metadata of the model file, with `digest` and `image_size`"
    )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file of this version or an older one.

        Raises:
            OSError: there is no such file.
            ValueError: it is no metrics.json.
        """
        return cls.model_validate_json(path.read_text(encoding="utf-8"), context=TOLERANT)

    def having(self, **sections: object) -> Self:
        """The same with further sections, which are checked; None leaves a section absent.

        Args:
            **sections: models, or plain values, by key.

        Raises:
            ValueError: a key is unknown, or a value has the wrong type.
        """
        return type(self).model_validate({**dict(self), **sections})

    def warned(self, messages: Iterable[Message | str]) -> Self:
        """The same with further warnings; text of other layers stays as it is."""
        known = [m if isinstance(m, Message) else message("text", text=m) for m in messages]
        return self.model_copy(
            update={
                "warnings": (*self.warnings, *english(known)),
                "warning_messages": (*(self.warning_messages or ()), *known),
            }
        )
