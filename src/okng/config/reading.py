"""Settings from files and flags: read, checked, filled in, compared and written."""

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from okng.config.choices import Folds, Recipe
from okng.config.looks import allowed_looks
from okng.config.sections import Settings
from okng.error_codes import Code
from okng.errors import ConfigError

_LIST = "`okng train --help` lists every setting and its bounds."


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


def load(
    file: Path | None,
    overrides: Mapping[str, Any] | None = None,
    *,
    base: Settings | None = None,
) -> Settings:
    """Read settings from a file and put others over them.

    Args:
        file: an `okng.toml`, or None for the base.
        overrides: flag name with underscores (`image_size`, `model`) -> value; these win.
        base: where no file is given; the defaults when left out.

    Raises:
        ConfigError: the file cannot be read, or settings are unknown or not valid; all at once.
    """
    merged = _read_toml(file) if file else base.model_dump(mode="json") if base else {}
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
        looks = allowed_looks(settings.augment.rotation, settings.augment.flips)
        values["model"]["tta"] = min(preset.tta, len(looks))
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


def differences(kept: Settings, asked: Settings, of: str = "this run") -> list[str]:
    """Where two settings differ, in words."""
    one, other = (settings.model_dump(mode="json") for settings in (kept, asked))
    return [
        f"{s.section}.{s.name} is {old!r} in {of}, not {new!r}"
        for s in all_settings()
        if (old := one[s.section][s.name]) != (new := other[s.section][s.name])
    ]


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"The settings file cannot be read: {exc}",
            where=file,
            hint="Check --config.",
            code=Code.SETTINGS_UNREADABLE,
        ) from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(
            f"The settings file is not valid TOML: {exc}",
            where=file,
            hint="See the commented okng.toml that every run leaves in its folder.",
            code=Code.SETTINGS_UNREADABLE,
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
