"""The metadata of a model file, as pydantic models that validate it."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator, model_validator

from okng.verdict import OperatingPoint

SCHEMA = 2
UNSEALED_SCHEMA = 1
"""Schema of files without a seal, from early versions."""
BINS = 50
"""Bins of a histogram in the metadata, each 0.02 wide; as in the statistics of a station."""
_MOST_CLASSES = 1000  # guards against absurd files; training data have a few
_Name = Annotated[str, Field(min_length=1, max_length=255)]
FLOAT_RESIZE = "antialiased bilinear, both sides to image_size"
"""Resize of files from before 2026-11-28: the input has fractions of grey levels."""
WHOLE_RESIZE = f"{FLOAT_RESIZE}, rounded to whole grey levels"
"""Resize of `okng.resize`, in training and in the graph."""


class FieldGroup(BaseModel):
    """A frozen group of fields of the metadata; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InputRules(FieldGroup):
    """The input transform of the graph.

    Attributes:
        image_size: height and width of the network's input, in pixels.
        grey: whether photos are converted to grey.
        channels: of the network's input.
        mean: per channel, subtracted from values in [0, 1].
        std: per channel, divides the values.
        resize: name of the resize method.
        depth: bits per channel by which photos of more than 8 bits are scaled before the graph.
        reduced_side: JPEGs are decoded at 1/8, 1/4 or 1/2 of their size where their shorter side
            keeps so many pixels; 0: at their full size.
    """

    image_size: int = Field(ge=1)
    grey: bool = False
    channels: int = Field(3, ge=1, le=3)
    mean: tuple[FiniteFloat, ...] = (0.0,)
    std: tuple[FiniteFloat, ...] = (1.0,)
    resize: str = FLOAT_RESIZE
    depth: int = Field(16, ge=8, le=16)
    reduced_side: int = Field(0, ge=0)


class Calibration(FieldGroup):
    """Calibrated probabilities are softmax(scale * log p + bias)."""

    scale: FiniteFloat = Field(1.0, gt=0)
    bias: tuple[FiniteFloat, ...]

    @classmethod
    def identity(cls, classes: int) -> "Calibration":
        """The calibration that changes nothing."""
        return cls(scale=1.0, bias=(0.0,) * classes)


class HeatScale(FieldGroup):
    """The colour scale of heatmaps: evidence for *defective* per place, in log-odds.

    Attributes:
        clear: evidence up to which a place is not coloured: the maximum on good parts.
        full: evidence from which a place has the full colour.
    """

    clear: float
    full: float


class ThresholdChange(FieldGroup):
    """An entry of the history: the operating point before a change, with date and reason."""

    changed: datetime
    reason: str
    old: OperatingPoint


class Digests(FieldGroup):
    """Photos by digest; see `okng.modelfile.traces`.

    Attributes:
        files: digests of the files.
        pixels: digests of the decoded pixels, which a lossless copy in another format shares.
    """

    files: str = ""
    pixels: str = ""


class Traces(FieldGroup):
    """The photos that a model file was made from.

    Attributes:
        taught: photos that the network or its classifier was trained on.
        chose: photos used only to choose calibration, threshold and the best epoch.
    """

    taught: Digests = Digests()
    chose: Digests = Digests()


class CertificateMark(FieldGroup):
    """The certificate of a model file: verdicts in every way to run it, see `okng certify`.

    Attributes:
        digest: SHA-256 of `certificate.json`.
        photos: photos that were judged in every setup.
        setups: ways to run the file that were compared with the reference.
        differing: photos with another verdict, in the setup where they are most.
        largest_difference: of the defect score, in [0, 1].
        created: when.
    """

    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    photos: int = Field(ge=1)
    setups: int = Field(ge=0)
    differing: int = Field(ge=0)
    largest_difference: FiniteFloat
    created: datetime


class Moments(FieldGroup):
    """Mean and deviation of a number over photos of parts that training did not see.

    Attributes:
        mean: over photos.
        deviation: of single photos around it.
        parts: that the photos show: so many independent pieces of evidence there are.
    """

    mean: FiniteFloat
    deviation: FiniteFloat = Field(ge=0)
    parts: int = Field(ge=1)


_Bins = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=BINS, max_length=BINS)]


class HeldOut(FieldGroup):
    """What the file gives for photos of parts that training did not see, to compare a line with.

    Attributes:
        good: defect scores of good parts: photos in each of 50 bins that are 0.02 wide.
        defective: likewise, of defective parts.
        unfamiliarity: likewise, the unfamiliarity of good parts; None where the file gives none.
        passed_log_odds: log-odds of the defect score of good parts with the verdict OK.
        good_unfamiliarity: mean and deviation of the unfamiliarity of good parts.
    """

    good: _Bins
    defective: _Bins
    unfamiliarity: _Bins | None = None
    passed_log_odds: Moments | None = None
    good_unfamiliarity: Moments | None = None


class Metadata(FieldGroup):
    """The metadata of a model file.

    The OK class, if there is one, is the first of `classes`. `tiles` is the number of windows per
    side in which features are pooled; 1 is the whole photo. `looks` is the number of rotated and
    mirrored copies whose outputs are averaged (test-time augmentation). `heat` is None in files
    without evidence, and in older files. `traces` and `held_out` are None in older files.
    `certificate` is None where there is none for this graph and operating point.
    """

    schema_version: int = SCHEMA
    name: str
    classes: tuple[_Name, ...] = Field(min_length=2, max_length=_MOST_CLASSES)  # order of outputs
    ok_class: str | None
    operating_point: OperatingPoint
    calibration: Calibration
    input: InputRules
    dataset_digest: str  # SHA-256, see `Dataset.digest`
    metrics: dict[str, Any] = {}
    backbone: str
    tiles: int = Field(1, ge=1)
    looks: int = Field(1, ge=1)
    precision: Literal["float32", "int8"] = "float32"  # of the layers
    quantized_from: str | None = None  # digest of the file that has these figures in float32
    heat: HeatScale | None = None
    weights: str
    weights_licence: str
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    versions: dict[str, str] = {}
    history: tuple[ThresholdChange, ...] = ()
    traces: Traces | None = None
    certificate: CertificateMark | None = None
    held_out: HeldOut | None = None

    @field_validator("classes")
    @classmethod
    def _differ(cls, classes: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(classes)) != len(classes):
            raise ValueError("two classes have the same name")
        return classes

    @field_validator("metrics")
    @classmethod
    def _are_figures(cls, metrics: dict[str, Any]) -> dict[str, Any]:
        for name in ("accuracy", "recall", "escape_rate", "overkill_rate"):
            rate = metrics.get(name)
            if rate is not None and not _is_rate(rate):
                raise ValueError(f"{name} is not a rate with its bounds")
        return metrics

    @model_validator(mode="after")
    def _fit_together(self) -> "Metadata":
        if self.ok_class is not None and self.ok_class != self.classes[0]:
            raise ValueError("the OK class is not the first class")
        if len(self.calibration.bias) != len(self.classes):
            raise ValueError("the calibration has another number of classes")
        return self


def _is_rate(rate: Any) -> bool:
    if not isinstance(rate, Mapping):
        return False
    values = [rate.get(key) for key in ("value", "low", "high", "n")]
    if values[0] is None:
        return True
    return all(isinstance(v, int | float) and math.isfinite(v) for v in values)
