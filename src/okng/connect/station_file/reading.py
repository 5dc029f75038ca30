"""`station.toml` -> settings, sources and sinks; every fault of the file in one error."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from okng.config.reading import explain, unknown_name
from okng.connect.contracts import SinkSettings, SourceSettings
from okng.connect.kinds import settings_class
from okng.connect.station_file.kinds import SINK_GROUP, SINKS, SOURCE_GROUP, SOURCES
from okng.connect.station_file.settings import LineSettings
from okng.error_codes import Code
from okng.errors import ConfigError

T = TypeVar("T", bound=BaseModel)
_HINT = "Correct them; docs/reference/station-file.md lists every setting."


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFile:
    """One station on the line.

    Attributes:
        settings: of the station.
        sources: where parts come from.
        sinks: where verdicts go.
        serves: whether page and API of the station are beside it.
        where: the file, for messages.
    """

    settings: LineSettings
    sources: Sequence[SourceSettings]
    sinks: Sequence[SinkSettings] = ()
    serves: bool = False
    where: Path = Path("station.toml")


def read_station_file(path: Path) -> StationFile:
    """Read a file.

    Args:
        path: a TOML file with the tables of `LineSettings`, `[[sources]]` and `[[sinks]]`. With a
            table `[server]` the station has its page and API.

    Raises:
        ConfigError: it cannot be read, or settings are unknown or not valid; all of them.
    """
    tables = _read(path)
    sources, sinks = tables.pop("sources", []), tables.pop("sinks", [])
    faults: list[str] = []
    settings = _station(tables, faults)
    match_sources = _several(sources, "sources", SourceSettings, SOURCES, SOURCE_GROUP, faults)
    match_sinks = _several(sinks, "sinks", SinkSettings, SINKS, SINK_GROUP, faults)
    if not sources:
        faults.append("sources: there is none, so no part would ever come")
    models = tables.get("models", {})
    if isinstance(models, dict) and not models.get("files") and not models.get("follow"):
        faults.append("models.files: there is no model file, so no part could be judged")
    faults += _same_names("sources", match_sources) + _same_names("sinks", match_sinks)
    if faults or settings is None:
        raise ConfigError.gather(faults, where=path, hint=_HINT)
    return StationFile(
        settings=settings,
        sources=match_sources,
        sinks=match_sinks,
        serves="server" in tables,
        where=path,
    )


def kind_settings(place: str, kind: str) -> type[SourceSettings] | type[SinkSettings]:
    """The settings class of a kind.

    Args:
        place: `sources` or `sinks`.
        kind: as the table has it.

    Raises:
        ConfigError: there is no such kind.
    """
    try:
        if place == "sources":
            return settings_class(kind, SOURCE_GROUP, SourceSettings, SOURCES)
        return settings_class(kind, SINK_GROUP, SinkSettings, SINKS)
    except ValueError as exc:
        raise ConfigError(str(exc), where=place, hint="Name one of them.") from exc


def title_of(adapter: SourceSettings | SinkSettings) -> str:
    """The name of a source or sink: its kind, if it has none of its own."""
    return adapter.name or adapter.kind


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"The file cannot be read: {exc}", where=path,
            hint="Check the path; `okng init station` writes such a file.",
            code=Code.SETTINGS_UNREADABLE,
        ) from exc  # fmt: skip
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(
            f"The file is not valid TOML: {exc}", where=path,
            hint="Correct it at that line.", code=Code.SETTINGS_UNREADABLE,
        ) from exc  # fmt: skip


def _station(tables: Mapping[str, Any], faults: list[str]) -> LineSettings | None:
    try:
        return LineSettings.model_validate(tables)
    except ValidationError as exc:
        faults += [
            explain(LineSettings, error["loc"], error["type"], error["msg"])
            for error in exc.errors()
        ]
    return None


def _several(
    tables: object,
    place: str,
    base: type[T],
    built_in: Mapping[str, str],
    group: str,
    faults: list[str],
) -> list[T]:
    """The settings of each table; what is wrong with others is added to the faults."""
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        faults.append(f"{place}: write [[{place}]] above each of them")
        return []
    match = []
    for number, table in enumerate(tables, 1):
        made = _one(table, f"{place} {number}", base, built_in, group, faults)
        if made is not None:
            match.append(made)
    return match


def _one(
    table: Mapping[str, Any],
    place: str,
    base: type[T],
    built_in: Mapping[str, str],
    group: str,
    faults: list[str],
) -> T | None:
    values = dict(table)
    kind = values.pop("kind", None)
    if not isinstance(kind, str):
        faults.append(f"{place}: kind is missing; there are: {', '.join(built_in)}")
        return None
    try:
        tree = settings_class(kind, group, base, built_in)
    except ValueError as exc:  # no such kind
        faults.append(f"{place}: {exc}")
        return None
    try:
        return tree.model_validate(values)
    except ValidationError as exc:
        faults += [
            f"{place} ({kind}): {_in_words(tree, error['loc'], error['type'], error['msg'])}"
            for error in exc.errors()
        ]
    return None


def _in_words(
    tree: type[BaseModel], location: tuple[int | str, ...], kind: str, message: str
) -> str:
    key = ".".join(str(part) for part in location)
    if kind == "extra_forbidden":
        return unknown_name(key, tree.model_fields)
    if kind == "missing":
        return f"{key} is missing: {_purpose(tree, key)}"
    plain = message.removeprefix("Value error, ")
    return f"{key}: {plain}" if key else plain


def _purpose(tree: type[BaseModel], key: str) -> str:
    field = tree.model_fields.get(key)
    return (field.description or key) if field is not None else key


def _same_names(
    place: str, adapters: Sequence[SourceSettings] | Sequence[SinkSettings]
) -> list[str]:
    counts = Counter(title_of(each) for each in adapters)
    return [
        f"{place}: {count} have the name {name!r}; give each a `name` of its own"
        for name, count in counts.items()
        if count > 1
    ]
