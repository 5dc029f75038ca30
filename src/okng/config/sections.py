"""Every setting: its name, type, default, bounds and help, one class per table of `okng.toml`."""

import re
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from okng.config.choices import (
    ClassWeights,
    Color,
    Decode,
    Depth,
    Flips,
    Folds,
    Precision,
    Recipe,
    SplitMode,
    Turns,
    View,
)
from okng.config.orientations import MOST_ORIENTATIONS, allowed_orientations
from okng.errors import ConfigError
from okng.wording import Language


def parse_share(value: object) -> object:
    """A share as people write it: `0.5%` and `0,5 %` are 0.005; else it is left to the next check.

    Raises:
        ValueError: it is no number, is 0, or is 1 and more.
    """
    number = _number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return number
    if number == 0:
        raise ValueError(
            "no test promises a rate of 0: a limit of 1 % takes 99 parts without an error, "
            "0.5 % takes 199 (okng plan)"
        )
    if number >= 1:
        raise ValueError(f"{value} is 100 % or more: write {number:g}% or {number / 100:g}")
    return number


def _number(text: str) -> float:
    """A number with a decimal point or comma, and maybe a percent sign behind it."""
    digits = text.strip().removesuffix("%").strip().replace(",", ".")
    try:
        return float(digits) / (100 if text.strip().endswith("%") else 1)
    except ValueError as exc:
        raise ValueError(f"{text!r} is not a share: write 0.5% or 0.005") from exc


def share(text: str, where: str) -> float:
    """A share on the command line as a number: `0.5%` or `0.005`.

    Raises:
        ConfigError: it is neither, or not between 0 and 1.
    """
    try:
        return float(parse_share(text))  # type: ignore[arg-type]
    except ValueError as exc:
        raise ConfigError(
            f"{exc}", where=where, allowed="0.5% or 0.005", hint="Correct it."
        ) from exc


Share = Annotated[float, BeforeValidator(parse_share)]
"""A share in (0, 1), which may be written as a percentage."""


_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}


def parse_duration(value: object) -> object:
    """A time as people write it: `10min` is 600 seconds; else it is left to the next check."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|)\s*", value)
    return float(match[1]) * _UNITS[match[2]] if match else value


def duration(text: str, where: str) -> float:
    """A time on the command line in seconds: `90s`, `30min`, `2h`, or a number of seconds.

    Raises:
        ConfigError: it is none of them.
    """
    seconds = parse_duration(text)
    if not isinstance(seconds, float):
        raise ConfigError(
            f"{text!r} is not a time",
            where=where,
            allowed="a number of seconds, or 90s, 30min, 2h",
            hint="Correct it.",
        )
    return seconds


Duration = Annotated[float, BeforeValidator(parse_duration)]
"""A time in seconds, which may be written as 200ms, 90s, 10min or 1h."""


class Section(BaseModel):
    """A frozen group of settings that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSettings(Section):
    """Which photos, and how they are shared out."""

    ok: str | None = Field(None, description="Name of the class of good parts, if not recognised.")
    no_ok: bool = Field(False, description="There is no class of good parts: all are defect types.")
    image_size: int | None = Field(
        None, ge=32, le=1024, description="Height and width in pixels that the network sees."
    )
    color: Color = Field(Color.AUTO, description="Grey or RGB input; auto looks at the photos.")
    decode: Decode = Field(
        Decode.AUTO,
        description="Size at which JPEGs are decoded: auto decodes large ones at 1/8, 1/4 or 1/2, "
        "which is faster, unless that changes a verdict on up to 256 photos.",
    )
    validation_share: float = Field(
        0.15, gt=0, lt=0.5, description="Share of photos that choose weights and threshold."
    )
    test_share: float = Field(
        0.15, gt=0, lt=0.5, description="Share of photos that are scored once, at the end."
    )
    split: SplitMode = Field(
        SplitMode.KEEP,
        description="A given split: keep it, draw a new one, or repair it by dropping from "
        "training what leaks.",
    )
    group_by: str | None = Field(
        None,
        description="Photos of one part: folder, a column of the manifest, or a regular "
        "expression found in their paths.",
    )
    no_near: bool = Field(
        False, description="Do not look for near-duplicates; faster, and the report says so."
    )
    memory_limit_gb: float = Field(
        4.0, gt=0, description="Decoded photos beyond this many GB go to a file on disk."
    )


class ModelSettings(Section):
    """Which network."""

    name: str = Field(
        "efficientnet_lite0",
        description="Network: cnn, efficientnet_lite0, efficientnet_b0, resnet18, resnet34, "
        "resnet50, mobilenetv3, convnext, vit, or any name of timm.",
        json_schema_extra={"flag": "--model"},
    )
    weights: str = Field(
        "auto",
        description="Pretrained weights: auto, random, or a file of the network's weights.",
    )
    depth_read: Depth = Field(
        Depth.ALL,
        description="Maps of a pretrained network that its classifier sees: those of all depths, "
        "as small defects show in the middle, or the last ones only.",
    )
    view: View = Field(
        View.BOTH,
        description="What a pretrained network sees: the raw photo, the photo in flattened light "
        "(in four widths, for light that will change), or both.",
    )
    tiles: int = Field(
        1,
        ge=1,
        le=16,
        description="For tiny defects in large photos: windows per side, each half over the next; "
        "the classifier sees the largest mean of the windows in place of the whole photo's.",
    )
    tta: int | None = Field(
        None,
        ge=1,
        le=MOST_ORIENTATIONS,
        description="Test-time augmentation: in how many ways, turned and mirrored as far as "
        "rotation and flips allow, each photo is judged; the mean is its score. Better, and as "
        "many times as slow on the line. 1, but 4 with recipe thorough, where nothing is given.",
    )
    freeze: float = Field(
        0.7, ge=0, le=1, description="Share of a pretrained network's first layers kept as is."
    )
    filters: int = Field(16, ge=4, le=256, description="cnn: filters of the first block.")
    depth: int = Field(4, ge=1, le=7, description="cnn: number of Conv-ReLU-MaxPool blocks.")
    dense_units: int = Field(128, ge=4, le=4096, description="cnn: units of the dense layer.")
    dropout: float = Field(0.3, ge=0, lt=1, description="Share of units dropped in training.")

    @property
    def reads_depths(self) -> bool:
        """Whether it is a pretrained network that is read at all depths."""
        read = self.depth_read is Depth.ALL and self.weights != "random"
        return read and self.name != "cnn"


class TrainingSettings(Section):
    """How the network learns."""

    recipe: Recipe | None = Field(
        None,
        description="quick (if not given): only the classifier learns, in minutes; standard: then "
        "the upper layers, too; thorough: a second network learns as a whole beside it, where "
        "there are enough parts; cnn: the plain network, from nothing.",
    )
    epochs: int | None = Field(
        None, ge=0, le=1000, description="Passes over the photos, at most; 0 as in quick."
    )
    batch_size: int = Field(32, ge=2, le=1024, description="Photos per step; 32 and 64 work well.")
    lr: float | None = Field(None, gt=0, le=1, description="Learning rate of Adam at its peak.")
    patience: int | None = Field(
        None, ge=1, description="Epochs without a better validation loss before training stops."
    )
    time_budget: Duration | None = Field(
        None,
        gt=0,
        description="Time for training: 90s, 10min, 1h. Recipe, size and epochs that are not given "
        "follow from what this machine does in a trial. From the end of the audit to the trained "
        "network; judging and report come on top.",
    )
    devices: int = Field(
        1, ge=1, le=64, description="GPUs, or processes on a PC without, that share each batch."
    )
    precision: Precision = Field(
        Precision.AUTO,
        description="Frozen layers in int8 or float32; auto takes int8, twice as fast on the line, "
        "where a trial finds it as accurate. Layers that learn: float32, bfloat16, or what a trial "
        "of two seconds finds to be faster here.",
    )
    folds: Folds | None = Field(
        None,
        description="Judge every photo by a classifier that did not see its part, choose the "
        "threshold by these scores, and average the classifiers: always, never, or where a class "
        "has fewer than 100 parts (auto). For recipes without epochs.",
        json_schema_extra={"flag": "--part-folds"},
    )
    class_weights: ClassWeights = Field(
        ClassWeights.BALANCED, description="Let rare classes count more in the loss, or not."
    )
    seed: int = Field(0, ge=0, lt=2**31, description="Same seed, same machine: same figures.")


class AugmentSettings(Section):
    """What is varied in training because it does not make a part good or bad."""

    rotation: float = Field(180.0, ge=0, le=180, description="Largest rotation, in degrees.")
    turns: Turns = Field(
        Turns.AUTO,
        description="By any angle up to the rotation, or by quarters only, which blur nothing and "
        "uncover no corners; auto takes quarters where parts lie straight in their photos.",
    )
    flips: Flips = Field(Flips.BOTH, description="Mirrorings: none, horizontal, vertical, both.")
    shift: float = Field(
        0.0, ge=0, le=0.5, description="Largest shift, as a share of the photo's side."
    )
    zoom: float = Field(
        0.0, ge=0, le=0.7, description="Largest change of size, as a logarithm: 0.1 is about 10 %."
    )
    shear: float = Field(
        0.0, ge=0, le=0.5, description="Largest shear, as the tangent of its angle."
    )
    brightness: float = Field(0.2, ge=0, lt=1, description="Largest change of brightness.")
    contrast: float = Field(0.2, ge=0, lt=1, description="Largest change of contrast.")
    gamma: float = Field(
        0.3, ge=0, lt=1, description="Largest change of the tone curve's exponent, as a logarithm."
    )
    side_light: float = Field(
        0.3, ge=0, lt=1, description="How much the light may fall off towards one side."
    )
    noise: float = Field(
        0.0, ge=0, le=0.2, description="Largest deviation of added noise, as a share of white."
    )
    blur: float = Field(
        0.0, ge=0, le=5, description="Largest deviation of a blur, in pixels that the network sees."
    )


class OperatingSettings(Section):
    """What threshold and review band are chosen by, on validation photos."""

    cost_escape: float = Field(
        1.0, gt=0, description="Cost of the escape rate, beside that of overkill."
    )
    cost_overkill: float = Field(1.0, gt=0, description="Cost of the overkill rate.")
    max_escape: Share | None = Field(
        None, gt=0, lt=1, description="Largest escape rate, as in 0.5% or 0.005."
    )
    max_overkill: Share | None = Field(
        None, gt=0, lt=1, description="Largest overkill rate, as in 2% or 0.02."
    )
    max_f1: bool = Field(False, description="Take the threshold with the highest F1.")
    threshold: float | None = Field(
        None, ge=0, le=1, description="Take this threshold as it is; nothing is chosen."
    )
    review_escape: Share | None = Field(
        None,
        gt=0,
        lt=1,
        description="A person decides so many that at most this share of "
        "defective parts gets OK unseen.",
    )
    review_overkill: Share | None = Field(
        None,
        gt=0,
        lt=1,
        description="A person decides so many that at most this share of good "
        "parts gets NG unseen.",
    )
    cost_review: float | None = Field(
        None,
        gt=0,
        description="Cost of a person looking at all parts: opens a review band where "
        "a look costs less than the errors it saves.",
    )

    unfamiliar_limit: float = Field(
        0.99,
        gt=0,
        le=1,
        description="A person decides on photos that are more unlike the training photos than this "
        "share of parts unseen in training; 1 for never.",
    )

    @model_validator(mode="after")
    def _one_policy(self) -> Self:
        limits = self.max_escape is not None or self.max_overkill is not None
        chosen = {
            "threshold": self.threshold is not None,
            "max_f1": self.max_f1,
            "max_escape or max_overkill": limits,
        }
        named = [name for name, given in chosen.items() if given]
        if len(named) > 1:
            raise ValueError(f"{' and '.join(named)} exclude each other: each sets the threshold")
        if self.cost_review is not None and (self.review_escape or self.review_overkill):
            raise ValueError("cost_review and review_escape or review_overkill exclude each other")
        return self


class ReportSettings(Section):
    """What the first page of the report is headed by, and which rates it must prove."""

    title: str = Field("", description="Title of the report; the name of the run if not given.")
    part: str = Field("", description="Part or drawing number, for the head of the report.")
    author: str = Field("", description="Who made the report, for its head.")
    require_escape: Share | None = Field(
        None, gt=0, lt=1, description="Escape rate that the test must prove, as in 1% or 0.01."
    )
    require_overkill: Share | None = Field(
        None, gt=0, lt=1, description="Overkill rate that the test must prove, as in 5% or 0.05."
    )
    pdf: bool = Field(False, description="Also write report.pdf, by LibreOffice or a browser.")
    language: Language | None = Field(
        None,
        description="Language of the report and of the conclusions in the terminal; left open, "
        "that of the environment variable OKNG_LANGUAGE, else en.",
    )


class RunSettings(Section):
    """All settings of one run; one attribute per table of `okng.toml`."""

    data: DataSettings = DataSettings()
    model: ModelSettings = ModelSettings()
    training: TrainingSettings = TrainingSettings()
    augment: AugmentSettings = AugmentSettings()
    operating_point: OperatingSettings = OperatingSettings()
    report: ReportSettings = ReportSettings()

    def with_training(self, **changes: object) -> Self:
        """The same settings with others of the section `training`, which are not checked again."""
        training = self.training.model_copy(update=changes)
        return self.model_copy(update={"training": training})

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.data.ok is not None and self.data.no_ok:
            raise ValueError("data.ok names a class of good parts, data.no_ok says there is none")
        if self.data.validation_share + self.data.test_share > 0.8:
            raise ValueError("data.validation_share and data.test_share leave under 20 % to train")
        size = self.data.image_size
        if self.model.name == "cnn" and size is not None and size % 2**self.model.depth:
            raise ValueError(
                f"data.image_size {size} is not divisible by {2**self.model.depth}, "
                f"as a cnn of depth {self.model.depth} needs"
            )
        orientations = len(allowed_orientations(self.augment.rotation, self.augment.flips))
        if self.model.tta is not None and self.model.tta > orientations:
            raise ValueError(
                f"model.tta is {self.model.tta}, but rotation {self.augment.rotation:g} and flips "
                f"{self.augment.flips.value} allow "
                f"{orientations} orientations of a part; take 1 to {orientations}"
            )
        return self
