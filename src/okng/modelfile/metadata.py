"""What a model file says of itself, as models that check it."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator, model_validator

from okng.verdict import OperatingPoint

SCHEMA = 2
UNSEALED_SCHEMA = 1
"""Of files that okng wrote before it sealed them."""
_MOST_CLASSES = 1000
_Name = Annotated[str, Field(min_length=1, max_length=255)]
FLOAT_RESIZE = "antialiased bilinear, both sides to image_size"
"""Of files made before 2026-11-28: the network sees fractions of grey levels."""
WHOLE_RESIZE = f"{FLOAT_RESIZE}, rounded to whole grey levels"
"""As `okng.resize` does it, in training and in the graph."""


class Part(BaseModel):
    """A frozen piece of the metadata; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InputRules(Part):
    """What the graph does to a photo before the network sees it.

    `mean` and `std` are per channel, for values in [0, 1]. `depth` is the bits that photos with
    more than 8 of them fill: they are scaled by it before the graph.
    """

    image_size: int = Field(ge=1)
    grey: bool = False
    channels: int = Field(3, ge=1, le=3)
    mean: tuple[FiniteFloat, ...] = (0.0,)
    std: tuple[FiniteFloat, ...] = (1.0,)
    resize: str = FLOAT_RESIZE
    depth: int = Field(16, ge=8, le=16)


class Calibration(Part):
    """Calibrated probabilities are softmax(scale * log p + bias)."""

    scale: FiniteFloat = Field(1.0, gt=0)
    bias: tuple[FiniteFloat, ...]

    @classmethod
    def identity(cls, classes: int) -> "Calibration":
        """The calibration that changes nothing."""
        return cls(scale=1.0, bias=(0.0,) * classes)


class HeatScale(Part):
    """The one scale on which evidence for *defective* is drawn, in log-odds of one place.

    Attributes:
        clear: evidence that stays without colour: good parts have as much somewhere.
        full: evidence that has the full colour.
    """

    clear: float
    full: float


class ThresholdChange(Part):
    """What stood in the file before somebody changed the threshold, and why it was changed."""

    changed: datetime
    reason: str
    old: OperatingPoint


class Digests(Part):
    """Photos by digest; see `okng.modelfile.traces`.

    Attributes:
        files: of their files.
        pixels: of their decoded pixels, which a lossless copy in another format shares.
    """

    files: str = ""
    pixels: str = ""


class Traces(Part):
    """Photos that a model file was made from.

    Attributes:
        taught: what the network or its classifier learned from.
        chose: what calibration, threshold and the best epoch were chosen on, and nothing else.
    """

    taught: Digests = Digests()
    chose: Digests = Digests()


class Metadata(Part):
    """What a model file says of itself.

    The OK class, when there is one, is the first of `classes`. `tiles` are windows per side within
    which the network takes means; 1 is the whole photo. `looks` is in how many ways, turned and
    mirrored, it sees each photo, whose mean is the score. `heat` is None in
    files that have no evidence to draw, or were made before there was a scale. `traces` is None in
    older files.
    """

    schema_version: int = SCHEMA
    name: str
    classes: tuple[_Name, ...] = Field(min_length=2, max_length=_MOST_CLASSES)
    ok_class: str | None
    operating_point: OperatingPoint
    calibration: Calibration
    input: InputRules
    dataset_digest: str
    metrics: dict[str, Any] = {}
    backbone: str
    tiles: int = Field(1, ge=1)
    looks: int = Field(1, ge=1)
    heat: HeatScale | None = None
    weights: str
    weights_licence: str
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    versions: dict[str, str] = {}
    history: tuple[ThresholdChange, ...] = ()
    traces: Traces | None = None

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
            raise ValueError("the calibration is one of another number of classes")
        return self


def _is_rate(found: Any) -> bool:
    if not isinstance(found, Mapping):
        return False
    values = [found.get(key) for key in ("value", "low", "high", "n")]
    if values[0] is None:
        return True
    return all(isinstance(v, int | float) and math.isfinite(v) for v in values)
