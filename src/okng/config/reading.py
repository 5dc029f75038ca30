"""Settings from files and flags: read, checked, filled in, compared and written."""

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, overload

import tomlkit
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from okng.config.choices import Folds, Recipe
from okng.config.orientations import allowed_orientations
from okng.config.resolved import ResolvedSettings
from okng.config.sections import RunSettings
from okng.config.station import StationSettings
from okng.error_codes import Code
from okng.errors import ConfigError

_LIST = "`okng train --help-all` lists every setting and its bounds."
_STATION_LIST = "`okng serve --help-all` lists every setting and its bounds."
PREFIX = "OKNG_"
INTERNAL = frozenset({"OKNG_CACHE", "OKNG_LANGUAGE", "OKNG_MODEL", "OKNG_TRIES_MAIN"})
"""Variables that are no settings: the cache of the audit, the model of a container, a mark."""
T = TypeVar("T", bound=BaseModel)
Given = Mapping[str, Any]
"""Settings as a user gave them: flag name with underscores (`image_size`, `model`) -> value."""


class Preset(NamedTuple):
    """What `resolve` fills in for a kind of network."""

    image_size: int
    epochs: int
    lr: float
    patience: int
    folds: Folds = Folds.AUTO
    tta: int = 1


PLAIN = Preset(image_size=128, epochs=30, lr=1e-3, patience=8)
PRESETS = {
    Recipe.QUICK: Preset(image_size=192, epochs=0, lr=3e-4, patience=4),
    Recipe.STANDARD: Preset(image_size=192, epochs=6, lr=1e-4, patience=2),
    Recipe.THOROUGH: Preset(image_size=192, epochs=10, lr=1e-3, patience=10, tta=4),
    Recipe.CNN: PLAIN,
}


@dataclass(frozen=True, eq=False)
class Setting:
    """One setting as the outside sees it."""

    section: str
    name: str
    flag: str
    field: FieldInfo

    @property
    def variable(self) -> str:
        """The environment variable: `OKNG_TRAINING__EPOCHS`."""
        return f"{PREFIX}{self.section}__{self.name}".upper()

    @property
    def keyword(self) -> str:
        """The flag's name as a Python argument."""
        return self.flag.removeprefix("--").replace("-", "_")


def all_settings(tree: type[BaseModel] = RunSettings) -> Iterator[Setting]:
    """Every setting of every section, in the order of `okng.toml`.

    Args:
        tree: the class of settings, one section per field.
    """
    for section, holder in tree.model_fields.items():
        for name, field in holder.annotation.model_fields.items():  # type: ignore[union-attr]
            extra = field.json_schema_extra
            flag = (
                extra["flag"]
                if isinstance(extra, dict) and "flag" in extra
                else "--" + name.replace("_", "-")
            )
            yield Setting(section, name, str(flag), field)


def load(
    file: Path | None,
    overrides: Given | None = None,
    *,
    base: RunSettings | None = None,
    env: Mapping[str, str] | None = None,
) -> RunSettings:
    """Read the settings of a run: see `read_settings`, with `RunSettings` as the tree."""
    return read_settings(RunSettings, file, env=env or {}, given=overrides or {}, base=base)


def read_settings(
    tree: type[T],
    file: Path | None,
    *,
    env: Mapping[str, str],
    given: Given,
    base: T | None = None,
) -> T:
    """Read settings: given ones win over the environment, that over the file, that over the base.

    pydantic-settings does the same for one source each, but raises at the first one that is wrong,
    knows no flags with other names than their keys, and is a further dependency of the line.

    Args:
        tree: the class of settings, one section per field.
        file: a TOML file with one table per section, or None for the base.
        env: variables; `OKNG_TRAINING__EPOCHS` is `training.epochs`. Others are left alone.
        given: see `Given`.
        base: where no file is given; the defaults when left out.

    Raises:
        ConfigError: the file cannot be read, or settings are unknown or not valid; all at once.
    """
    merged = _read_toml(file) if file else base.model_dump(mode="json") if base else {}
    faults = [f"{name} must be a table" for name, v in merged.items() if not isinstance(v, dict)]
    if faults:
        raise ConfigError.gather(faults, where=file, hint="Write [data], [model], ... above them.")
    known = {setting.keyword: setting for setting in all_settings(tree)}
    unknown = [unknown_name(name, known) for name in given if name not in known]
    if unknown:
        raise ConfigError.gather(unknown, where="the settings given", hint=_list(tree))
    variables = {setting.variable: setting for setting in known.values()}
    given_variables = {variables[name]: text for name, text in env.items() if name in variables}
    asked = {known[name]: value for name, value in given.items()}
    for setting, value in [*given_variables.items(), *asked.items()]:
        merged.setdefault(setting.section, {})[setting.name] = value
    return validate(merged, where=_sources(file, given_variables), tree=tree)


def _list(tree: type[BaseModel]) -> str:
    return _STATION_LIST if tree is StationSettings else _LIST


def _sources(file: Path | None, given_variables: Iterable[Setting]) -> str:
    """What the settings come from, for an error."""
    variables = ", ".join(setting.variable for setting in given_variables)
    return str(file or "the settings given") + (f" and {variables}" if variables else "")


@overload
def validate(values: Mapping[str, Any], *, where: object) -> RunSettings: ...


@overload
def validate(values: Mapping[str, Any], *, where: object, tree: type[T]) -> T: ...


def validate(
    values: Mapping[str, Any], *, where: object, tree: type[BaseModel] = RunSettings
) -> BaseModel:
    """Build settings from plain values.

    Args:
        values: section -> key -> value.
        where: they come from, for the error.
        tree: the class of settings, one section per field.

    Raises:
        ConfigError: names every fault, with the nearest known name for an unknown one.
    """
    try:
        return tree.model_validate(values)
    except ValidationError as exc:
        faults = [
            explain(tree, error["loc"], error["type"], error["msg"]) for error in exc.errors()
        ]
        raise ConfigError.gather(faults, where=where, hint=_list(tree)) from exc


def resolve(settings: RunSettings) -> ResolvedSettings:
    """Fill in what the kind of network decides; other settings that are left open stay so.

    Raises:
        ConfigError: the filled-in settings do not fit together.
    """
    values = settings.model_dump(mode="json")
    recipe = settings.training.recipe or Recipe.QUICK
    if "cnn" in {settings.model.name, recipe}:
        values["model"]["name"] = recipe = Recipe.CNN
    values["training"]["recipe"] = recipe
    preset = PRESETS[recipe]
    values["data"]["image_size"] = settings.data.image_size or preset.image_size
    for name in ("epochs", "lr", "patience", "folds"):
        if values["training"][name] is None:
            values["training"][name] = getattr(preset, name)
    if values["model"]["tta"] is None:
        orientations = allowed_orientations(settings.augment.rotation, settings.augment.flips)
        values["model"]["tta"] = min(preset.tta, len(orientations))
    return validate(values, where="the settings", tree=ResolvedSettings)


def to_toml(settings: RunSettings) -> str:
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


def differences(stored: RunSettings, asked: RunSettings, of: str = "this run") -> list[str]:
    """Where two settings differ, in words."""
    one, other = (settings.model_dump(mode="json") for settings in (stored, asked))
    return [
        f"{s.section}.{s.name} is {old!r} in {of}, not {new!r}"
        for s in all_settings()
        if (old := one[s.section][s.name]) != (new := other[s.section][s.name])
    ]


def unknown_variables(env: Mapping[str, str], *trees: type[BaseModel]) -> list[str]:
    """Variables that are meant as settings and name none, each with the nearest that does.

    Meant as a setting is `OKNG_TRAINING__EPOCH`, and `OKNG_EPOCHS` by the name of a flag. Others
    that begin with `OKNG_` may belong to the scripts around okng.

    Args:
        env: all variables.
        *trees: the classes of settings that variables may belong to; `RunSettings` when left out.
    """
    settings = [setting for tree in trees or (RunSettings,) for setting in all_settings(tree)]
    known = {setting.variable for setting in settings} | INTERNAL
    by_flag = {PREFIX + setting.keyword.upper(): setting.variable for setting in settings}
    strange = sorted(name for name in env if name.startswith(PREFIX) and name not in known)
    return [
        f"{name} is unknown; did you mean {by_flag[name]}?"
        if name in by_flag
        else unknown_name(name, known)
        for name in strange
        if name in by_flag or "__" in name
    ]


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"The settings file cannot be read: {exc}",
            where=file,
            hint="Check `config`.",
            code=Code.SETTINGS_UNREADABLE,
        ) from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(
            f"The settings file is not valid TOML: {exc}",
            where=file,
            hint="See the commented okng.toml that every run leaves in its folder.",
            code=Code.SETTINGS_UNREADABLE,
        ) from exc


def explain(tree: type[BaseModel], location: tuple[int | str, ...], kind: str, message: str) -> str:
    """One fault of pydantic in words, with its key and the nearest known one.

    Args:
        tree: the class of settings, one section per field.
        location: of the fault.
        kind: of the fault.
        message: of pydantic.
    """
    key = ".".join(str(part) for part in location)
    if kind != "extra_forbidden":
        return f"{key}: {message.removeprefix('Value error, ')}" if key else message
    known = [f"{s.section}.{s.name}" for s in all_settings(tree)]
    return unknown_name(key, [*known, *tree.model_fields])


def unknown_name(key: str, known: Iterable[str]) -> str:
    """That there is no such name, with the nearest known ones."""
    near = difflib.get_close_matches(key, known, n=3, cutoff=0.5)
    return f"{key} is unknown" + (f"; did you mean {' or '.join(near)}?" if near else "")
