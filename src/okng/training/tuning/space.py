"""What a study may change: the one place where the search space is declared.

A setting that the user gave as a flag is fixed and leaves the space. The values that a training
would start from are always in it, so that the first trial of every study is the training as it is.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from optuna.trial import BaseTrial

from okng.config import Recipe, RunSettings, View, all_settings, resolve, validate
from okng.training.networks.registry import reads_depths

Value = bool | int | float | str
LIGHT = ("brightness", "contrast", "gamma", "side_light")
_STRONGEST = 0.95
"""A change of light stays below 1."""


@dataclass(frozen=True)
class Dimension:
    """One setting that a study changes.

    Attributes:
        name: flag of the setting, without dashes; `light` scales all changes of light alike.
        choices: the values, or nothing for a range.
        low: smallest value of a range.
        high: largest value.
        log: equal factors are equally likely, not equal differences.
        learning: matters only where layers learn, not for a classifier on frozen ones.
    """

    name: str
    choices: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    learning: bool = False

    def holding(self, value: Value) -> "Dimension":
        """The same dimension, widened so that it holds a value."""
        if self.choices:
            held = self.choices if value in self.choices else (*self.choices, value)
            return replace(self, choices=tuple(sorted(held)) if _numbers(held) else held)
        return replace(self, low=min(self.low, float(value)), high=max(self.high, float(value)))

    def suggest(self, trial: BaseTrial) -> Value:
        """What the study draws for a trial."""
        if self.choices:
            return cast("Value", trial.suggest_categorical(self.name, self.choices))
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)

    @property
    def words(self) -> str:
        """The values in words."""
        if self.choices:
            return ", ".join(f"{value}" for value in self.choices)
        return f"{self.low:g} to {self.high:g}" + (", in equal factors" if self.log else "")


CNN = (
    Dimension("filters", (8, 16, 32)),
    Dimension("depth", (3, 4, 5)),
    Dimension("dense_units", (32, 64, 128, 256)),
    Dimension("dropout", low=0.0, high=0.6),
    Dimension("lr", low=1e-4, high=1e-2, log=True),
    Dimension("batch_size", (16, 32, 64)),
)
BACKBONE = (
    Dimension("recipe", (Recipe.QUICK.value, Recipe.STANDARD.value)),
    Dimension("image_size", (128, 192, 256)),
    Dimension("view", tuple(view.value for view in View)),
    Dimension("light", (0.0, 0.5, 1.0, 1.5)),
    Dimension("lr", low=3e-5, high=1e-3, log=True, learning=True),
    Dimension("freeze", low=0.0, high=0.9, learning=True),
    Dimension("dropout", low=0.0, high=0.6, learning=True),
)


@dataclass(frozen=True)
class Space:
    """The settings that a study changes, and those that it starts from.

    Attributes:
        base: not resolved, so that a drawn recipe brings its own presets.
        dimensions: what is changed.
    """

    base: RunSettings
    dimensions: tuple[Dimension, ...]

    @staticmethod
    def of(
        base: RunSettings, fixed: Collection[str], fewest: int, *, stay: bool = False
    ) -> "Space":
        """The space for a kind of network.

        Args:
            base: what every trial starts from.
            fixed: flags that the user gave, without dashes; they leave the space.
            fewest: photos that the smallest fold learns from; no batch is larger.
            stay: whether no layers may learn, see `only_probe`; every recipe is `quick` then.
        """
        space = Space(base, ())
        start = resolve(base)
        may_learn = not stay and _may_learn(base, fixed)
        dimensions = [
            dimension.holding(space._value(dimension.name))
            for dimension in (CNN if start.model.name == "cnn" else BACKBONE)
            if dimension.name not in fixed
            and _matters(dimension.name, start, fixed)
            and (may_learn or not dimension.learning)
            and not (stay and dimension.name == "recipe")
        ]
        possible = [_possible(dimension, start, fewest) for dimension in dimensions]
        return replace(space, dimensions=tuple(d for d in possible if len(d.choices) != 1))

    @staticmethod
    def from_stored(plain: list[dict[str, Any]], base: RunSettings) -> "Space":
        """The space of a study, from its attributes."""
        return Space(base, tuple(Dimension(**{**d, "choices": tuple(d["choices"])}) for d in plain))

    @property
    def start(self) -> dict[str, Value]:
        """The values that a training without a study would have."""
        values = {d.name: self._value(d.name) for d in self.dimensions}
        return self._relevant(values.__getitem__)

    def draw(self, trial: BaseTrial) -> dict[str, Value]:
        """What the study draws for a trial: only what matters together."""
        known = {dimension.name: dimension for dimension in self.dimensions}
        return self._relevant(lambda name: known[name].suggest(trial))

    def settings(self, values: Mapping[str, Value]) -> RunSettings:
        """The settings of a trial, left open where the base leaves them open."""
        return settings_with(self.base, values)

    def plain(self) -> list[dict[str, Any]]:
        """The dimensions as plain values, for the study's attributes."""
        return [{**asdict(d), "choices": list(d.choices)} for d in self.dimensions]

    def _value(self, name: str) -> Value:
        if name == "light":
            return 1.0
        values = resolve(self.base).model_dump(mode="json")
        value: Value = values[_section(name)][_key(name)]
        return value

    def _relevant(self, value: Callable[[str], Value]) -> dict[str, Value]:
        drawn: dict[str, Value] = {}
        for dimension in self.dimensions:
            if not dimension.learning or resolve(self.settings(drawn)).training.epochs:
                drawn[dimension.name] = value(dimension.name)
        return drawn


def settings_with(base: RunSettings, values: Mapping[str, Value]) -> RunSettings:
    """Settings with drawn values over them.

    Raises:
        ConfigError: they do not fit together.
    """
    plain = base.model_dump(mode="json")
    for name, value in values.items():
        if name == "light":
            for each in LIGHT:
                plain["augment"][each] = min(_STRONGEST, plain["augment"][each] * float(value))
        else:
            plain[_section(name)][_key(name)] = value
    return validate(plain, where="the settings of a trial")


def _may_learn(base: RunSettings, fixed: Collection[str]) -> bool:
    """Whether layers learn, or may where the study draws the recipe."""
    return bool(resolve(base).training.epochs) or (
        base.training.epochs is None and "recipe" not in fixed
    )


def _matters(name: str, start: RunSettings, fixed: Collection[str]) -> bool:
    """Whether a dimension changes anything for this network."""
    if name == "light":
        return not set(LIGHT) & set(fixed)
    if name == "view":
        return reads_depths(start.model)
    if name == "dropout":
        return not reads_depths(start.model)
    return True


def _possible(dimension: Dimension, start: RunSettings, fewest: int) -> Dimension:
    """Without the choices that no training could use."""
    size = start.data.image_size
    fits: dict[str, Callable[[Any], bool]] = {
        "depth": lambda depth: size % 2**depth == 0,
        "batch_size": lambda batch: batch <= max(fewest, start.training.batch_size),
    }
    keep = fits.get(dimension.name, lambda _: True)
    return replace(dimension, choices=tuple(c for c in dimension.choices if keep(c)))


def _numbers(values: tuple[Value, ...]) -> bool:
    return not any(isinstance(value, str) for value in values)


_SETTINGS = {setting.keyword: setting for setting in all_settings()}


def _section(name: str) -> str:
    return _SETTINGS[name].section


def _key(name: str) -> str:
    return _SETTINGS[name].name
