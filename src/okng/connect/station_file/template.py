"""`okng init station`: a commented `station.toml`, made from the settings themselves."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from okng.connect.contracts import SinkSettings, SourceSettings
from okng.connect.station_file.settings import LineSettings

_WIDTH = 98
TO_FILL_IN = "fill this in"
"""Stands in place of a value that only the user has."""


class Wanted(NamedTuple):
    """A source or sink that the file is to have.

    Attributes:
        tree: class of its settings.
        values: of settings that are known; others are in the file as comments with their defaults.
    """

    tree: type[SourceSettings] | type[SinkSettings]
    values: Mapping[str, str] = {}


def station_template(
    given: Mapping[str, Mapping[str, Any]],
    sources: Sequence[Wanted],
    sinks: Sequence[Wanted],
    *,
    serves: bool,
) -> str:
    """The text of a `station.toml`.

    Args:
        given: table -> setting -> value; the others are comments with their defaults.
        sources: in their order.
        sinks: likewise.
        serves: whether page and API are asked for.
    """
    lines = [
        "# A station of okng. Check it with `okng run --check`, start it with `okng run`.",
        "# Settings behind a # have the value that stands there, if they are left so.",
    ]
    for name, field in LineSettings.model_fields.items():
        tree = field.annotation
        if not isinstance(tree, type) or (name == "server" and not serves):
            continue
        lines += ["", f"[{name}]", *_settings(tree, given.get(name, {}))]
    for place, wanted in (("sources", sources), ("sinks", sinks)):
        for each in wanted:
            lines += ["", f"[[{place}]]", f"kind = {_value(each.tree.kind)}"]
            lines += _settings(each.tree, each.values)
    return "\n".join(lines) + "\n"


def required(tree: type[BaseModel]) -> list[str]:
    """Settings without a default."""
    return [name for name, field in tree.model_fields.items() if field.is_required()]


def is_table(field: FieldInfo) -> bool:
    """Whether a setting is a table of its own, with a kind."""
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _settings(tree: type[BaseModel], values: Mapping[str, Any]) -> Iterator[str]:
    for name, field in tree.model_fields.items():
        yield from textwrap.wrap(field.description or name, _WIDTH, initial_indent="# ",
                                 subsequent_indent="# ")  # fmt: skip
        if name in values:
            yield f"{name} = {_value(values[name])}"
        elif field.is_required():
            yield _to_fill_in(name, field)
        elif field.default is None:
            yield f"# {name} ="
        else:
            yield f"# {name} = {_value(field.default)}"


def _to_fill_in(name: str, field: FieldInfo) -> str:
    if is_table(field):
        return f'{name} = {{ kind = "{TO_FILL_IN}" }}'
    return f"{name} = {_value(TO_FILL_IN)}"


def _value(value: object) -> str:
    """A value as TOML; a string of JSON is one of TOML, too."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)
