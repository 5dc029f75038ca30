"""Every setting of okng: its name, type, default, bounds and help, in one place.

Flags, `okng.toml` and the reference in the docs are derived from these classes. This module knows
nothing about photos or networks. Settings left open (None) are filled in by `resolve`.
"""

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

import tomlkit
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo

from okng.errors import ConfigError

_LIST = "`okng train --help` lists every setting and its bounds."


class Color(StrEnum):
    """What the network sees of the colours."""

    AUTO = "auto"
    GREY = "grey"
    RGB = "rgb"


class Flips(StrEnum):
    """Mirrorings that leave a good part a good part."""

    NONE = "none"
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    BOTH = "both"


class ClassWeights(StrEnum):
    """How an unbalanced set of classes enters the loss."""

    BALANCED = "balanced"
    NONE = "none"


class SplitMode(StrEnum):
    """What becomes of a split that the photos came with."""

    KEEP = "keep"
    NEW = "new"
    REPAIR = "repair"


class Recipe(StrEnum):
    """How much is learned, and how long that takes."""

    QUICK = "quick"
    STANDARD = "standard"
    CNN = "cnn"


class Depth(StrEnum):
    """Which maps of a pretrained network its classifier sees."""

    ALL = "all"
    LAST = "last"


class View(StrEnum):
    """What of a photo's light the network sees."""

    RAW = "raw"
    FLAT = "flat"
    BOTH = "both"


class Precision(StrEnum):
    """Number format of the products in training."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


class Runtime(StrEnum):
    """Which engine runs a model file."""

    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"


def parse_share(value: object) -> object:
    """A share as people write it: `0.5%` is 0.005; anything else is left to the next check."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip().removesuffix("%")) / 100
        except ValueError:
            return value
    return value


def share(text: str, where: str) -> float:
    """A share on the command line as a number: `0.5%` or `0.005`.

    Raises:
        ConfigError: it is neither.
    """
    try:
        return float(parse_share(text))  # type: ignore[arg-type]
    except ValueError as exc:
        raise ConfigError(
            f"{text!r} is not a share", where=where, allowed="0.5% or 0.005", hint="Correct it."
        ) from exc


Share = Annotated[float, BeforeValidator(parse_share)]
"""A share in (0, 1), which may be written as a percentage."""


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
        description="Network: cnn, efficientnet_lite0, resnet18, or any name of timm.",
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
        description="What a pretrained network sees: the raw photo, the photo in flattened light, "
        "or both.",
    )
    freeze: float = Field(
        0.7, ge=0, le=1, description="Share of a pretrained network's first layers kept as is."
    )
    filters: int = Field(16, ge=4, le=256, description="cnn: filters of the first block.")
    depth: int = Field(4, ge=1, le=7, description="cnn: number of Conv-ReLU-MaxPool blocks.")
    dense_units: int = Field(128, ge=4, le=4096, description="cnn: units of the dense layer.")
    dropout: float = Field(0.3, ge=0, lt=1, description="Share of units dropped in training.")


class TrainingSettings(Section):
    """How the network learns."""

    recipe: Recipe = Field(
        Recipe.STANDARD,
        description="quick: only the classifier learns, in a minute or two; standard: then the "
        "upper layers, too; cnn: the plain network, from nothing.",
    )
    epochs: int | None = Field(
        None, ge=0, le=1000, description="Passes over the photos, at most; 0 as in quick."
    )
    batch_size: int = Field(32, ge=2, le=1024, description="Photos per step; 32 and 64 work well.")
    lr: float | None = Field(None, gt=0, le=1, description="Learning rate of Adam at its peak.")
    patience: int | None = Field(
        None, ge=1, description="Epochs without a better validation loss before training stops."
    )
    precision: Precision = Field(
        Precision.AUTO,
        description="float32, bfloat16, or what a trial of two seconds finds to be faster here.",
    )
    class_weights: ClassWeights = Field(
        ClassWeights.BALANCED, description="Let rare classes count more in the loss, or not."
    )
    seed: int = Field(0, ge=0, lt=2**31, description="Same seed, same machine: same figures.")


class AugmentSettings(Section):
    """What is varied in training because it does not make a part good or bad."""

    rotation: float = Field(180.0, ge=0, le=180, description="Largest rotation, in degrees.")
    flips: Flips = Field(Flips.BOTH, description="Mirrorings: none, horizontal, vertical, both.")
    brightness: float = Field(0.2, ge=0, lt=1, description="Largest change of brightness.")
    contrast: float = Field(0.2, ge=0, lt=1, description="Largest change of contrast.")
    gamma: float = Field(
        0.3, ge=0, lt=1, description="Largest change of the tone curve's exponent, as a logarithm."
    )
    side_light: float = Field(
        0.3, ge=0, lt=1, description="How much the light may fall off towards one side."
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


class Settings(Section):
    """All settings of one run; one attribute per table of `okng.toml`."""

    data: DataSettings = DataSettings()
    model: ModelSettings = ModelSettings()
    training: TrainingSettings = TrainingSettings()
    augment: AugmentSettings = AugmentSettings()
    operating_point: OperatingSettings = OperatingSettings()

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
        return self


class Preset(NamedTuple):
    """What `resolve` fills in for a kind of network."""

    image_size: int
    epochs: int
    lr: float
    patience: int


PLAIN = Preset(image_size=128, epochs=30, lr=1e-3, patience=8)
PRESETS = {
    Recipe.QUICK: Preset(image_size=192, epochs=0, lr=3e-4, patience=1),
    Recipe.STANDARD: Preset(image_size=192, epochs=6, lr=3e-4, patience=4),
    Recipe.CNN: PLAIN,
}


class Setting(NamedTuple):
    """One setting as the outside sees it."""

    section: str
    name: str
    flag: str
    field: FieldInfo

    @property
    def keyword(self) -> str:
        """The flag's name as a Python argument."""
        return self.flag.removeprefix("--").replace("-", "_")


def all_settings() -> Iterator[Setting]:
    """Every setting of every section, in the order of `okng.toml`."""
    for section, holder in Settings.model_fields.items():
        for name, field in holder.annotation.model_fields.items():  # type: ignore[union-attr]
            extra = field.json_schema_extra
            flag = extra["flag"] if isinstance(extra, dict) else "--" + name.replace("_", "-")
            yield Setting(section, name, str(flag), field)


def load(file: Path | None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read settings from a file and put others over them.

    Args:
        file: an `okng.toml`, or None for the defaults.
        overrides: flag name with underscores (`image_size`, `model`) -> value; these win.

    Raises:
        ConfigError: the file cannot be read, or settings are unknown or not valid; all at once.
    """
    merged = _read_toml(file) if file else {}
    faults = [f"{name} must be a table" for name, v in merged.items() if not isinstance(v, dict)]
    if faults:
        raise ConfigError.gather(faults, where=file, hint="Write [data], [model], ... above them.")
    known = {setting.keyword: setting for setting in all_settings()}
    unknown = [_unknown(name, known) for name in overrides or {} if name not in known]
    if unknown:
        raise ConfigError.gather(unknown, where="the settings given", hint=_LIST)
    for name, value in (overrides or {}).items():
        merged.setdefault(known[name].section, {})[known[name].name] = value
    return validate(merged, where=file or "the settings given")


def validate(values: Mapping[str, Any], *, where: object) -> Settings:
    """Build settings from plain values.

    Raises:
        ConfigError: names every fault, with the nearest known name for an unknown one.
    """
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        faults = [_explain(error["loc"], error["type"], error["msg"]) for error in exc.errors()]
        raise ConfigError.gather(faults, where=where, hint=_LIST) from exc


def resolve(settings: Settings) -> Settings:
    """Fill in what the kind of network decides; other settings that are left open stay so.

    Raises:
        ConfigError: the filled-in settings do not fit together.
    """
    values = settings.model_dump(mode="json")
    if "cnn" in {settings.model.name, settings.training.recipe}:
        values["model"]["name"] = values["training"]["recipe"] = "cnn"
    preset = PRESETS[values["training"]["recipe"]]
    values["data"]["image_size"] = settings.data.image_size or preset.image_size
    for name in ("epochs", "lr", "patience"):
        if values["training"][name] is None:
            values["training"][name] = getattr(preset, name)
    return validate(values, where="the settings")


def to_toml(settings: Settings) -> str:
    """The settings as a commented `okng.toml` that `load` reads back to the same settings."""
    document = tomlkit.document()
    for section, values in settings.model_dump(mode="json").items():
        table = tomlkit.table()
        for setting in (s for s in all_settings() if s.section == section):
            table.add(tomlkit.comment(setting.field.description or ""))
            value = values[setting.name]
            if value is None:
                table.add(tomlkit.comment(f"{setting.name} = (left open)"))
            else:
                table.add(setting.name, value)
        document.add(section, table)
    return tomlkit.dumps(document)


def differences(kept: Settings, asked: Settings) -> list[str]:
    """Where two settings differ, in words."""
    return [
        f"{s.section}.{s.name} is {old!r} in this run, not {new!r}"
        for s in all_settings()
        if (old := getattr(getattr(kept, s.section), s.name))
        != (new := getattr(getattr(asked, s.section), s.name))
    ]


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"The settings file cannot be read: {exc}", where=file, hint="Check --config."
        ) from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(
            f"The settings file is not valid TOML: {exc}",
            where=file,
            hint="See the commented okng.toml that every run leaves in its folder.",
        ) from exc


def _explain(location: tuple[int | str, ...], kind: str, message: str) -> str:
    key = ".".join(str(part) for part in location)
    if kind != "extra_forbidden":
        return f"{key}: {message.removeprefix('Value error, ')}" if key else message
    return _unknown(
        key, [f"{s.section}.{s.name}" for s in all_settings()] + [*Settings.model_fields]
    )


def _unknown(key: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, known, n=3, cutoff=0.5)
    return f"{key} is unknown" + (f"; did you mean {' or '.join(near)}?" if near else "")
