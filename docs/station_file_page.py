"""The reference of `station.toml`, from the settings: tables, kinds of sources and sinks."""

from collections.abc import Iterator, Mapping
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from okng.connect.contracts import SinkSettings, SourceSettings
from okng.connect.kinds import settings_class
from okng.connect.station_file import LineSettings
from okng.connect.station_file.kinds import SINK_GROUP, SINKS, SOURCE_GROUP, SOURCES

_HEAD = """# station.toml

`okng run station.toml` runs the station that the file describes; `okng run --check station.toml`
looks at everything that it needs, and `okng init station` writes a commented one. Times are
seconds, or such as `200ms`, `10s`, `5min`. Another package adds a kind by an entry point in the
group `okng.sources` or `okng.sinks`.
"""


def station_file_page() -> str:
    """The page in Markdown."""
    lines = [_HEAD]
    for name, field in LineSettings.model_fields.items():
        tree = field.annotation
        if isinstance(tree, type) and issubclass(tree, BaseModel):
            note = " With it, the station has its page and API." if name == "server" else ""
            lines += [f"## [{name}]\n", f"{_first(tree)}{note}\n", *_table(tree), ""]
    lines += _kinds("sources", SourceSettings, SOURCES, SOURCE_GROUP)
    lines += _kinds("sinks", SinkSettings, SINKS, SINK_GROUP)
    return "\n".join(lines).rstrip() + "\n"


def _kinds(
    place: str, base: type[BaseModel], built_in: Mapping[str, str], group: str
) -> Iterator[str]:
    for kind in built_in:
        tree = settings_class(kind, group, base, built_in)
        yield from (f"## [[{place}]] of kind `{kind}`\n", f"{_first(tree)}\n", *_table(tree), "")


def _first(tree: type[BaseModel]) -> str:
    return (tree.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")


def _table(tree: type[BaseModel]) -> Iterator[str]:
    yield from ("| setting | type | default | bounds | meaning |", "|---|---|---|---|---|")
    for name, field in tree.model_fields.items():
        cells = (f"`{name}`", _type(field.annotation), _default(field), _bounds(field),
                 (field.description or "").replace("|", "/"))  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _type(annotation: Any) -> str:
    if get_origin(annotation) in {Union, UnionType}:
        return " or ".join(_type(each) for each in get_args(annotation) if each is not type(None))
    if get_origin(annotation) in {tuple, list}:
        return f"list of {_type(get_args(annotation)[0])}"
    if not isinstance(annotation, type):
        return _type(get_args(annotation)[0]) if get_args(annotation) else "text"
    if issubclass(annotation, Enum):
        return ", ".join(str(member.value) for member in annotation)
    if issubclass(annotation, BaseModel):
        return "table"
    return _NAMES.get(annotation.__name__, annotation.__name__)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    default = field.default
    if default is None:
        return "left open"
    if isinstance(default, tuple):
        return f"`{[getattr(each, 'value', each) for each in default]}`"
    return f"`{getattr(default, 'value', default)}`"


def _bounds(field: FieldInfo) -> str:
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return ", ".join(
        f"{sign} {getattr(rule, name)}"
        for rule in field.metadata
        for name, sign in signs.items()
        if hasattr(rule, name)
    )


_NAMES = {"str": "text", "bool": "true or false", "int": "whole number", "float": "number",
          "Path": "path", "SecretStr": "text"}  # fmt: skip
