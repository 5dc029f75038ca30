"""The reference of cameras and triggers: every setting of every kind, from their classes."""

import inspect
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from okng.connect.contracts import CameraSettings, TriggerSettings
from okng.connect.kinds import settings_class
from okng.connect.sources.camera import CAMERAS, TRIGGERS

_HEAD = """# Cameras and triggers

A source of kind `camera` has a table `camera` and a table `trigger`, each with its `kind` and the
settings below. [Connect a camera and a trigger](../how-to/connect-cameras.md) tells which to take.
Times are seconds, or texts such as `2s` and `5min`.
"""
_SIGNS = {Ge: "≥", Gt: ">", Le: "≤", Lt: "<"}


def adapters_page() -> str:
    """The whole page, without the note that it is generated."""
    lines = [_HEAD]
    lines += _part("Cameras", "okng.cameras", CameraSettings, CAMERAS)
    lines += _part("Triggers", "okng.triggers", TriggerSettings, TRIGGERS)
    return "\n".join(lines)


def _part(title: str, group: str, base: type[BaseModel], kinds: Mapping[str, str]) -> Iterator[str]:
    yield f"## {title}\n"
    for kind in kinds:
        cls = settings_class(kind, group, base, kinds)
        yield f"### {kind}\n"
        yield (inspect.getdoc(cls) or "").split("\n\n")[0] + "\n"
        yield "| setting | default | bounds | meaning |"
        yield "|---|---|---|---|"
        yield from (_row(name, field) for name, field in cls.model_fields.items())
        yield ""


def _row(name: str, field: FieldInfo) -> str:
    cells = (f"`{name}`", _default(field), _bounds(field), field.description or "")
    return "| " + " | ".join(cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ("", {}):
        return "left out"
    return f"`{default.value if isinstance(default, Enum) else default}`"


def _bounds(field: FieldInfo) -> str:
    limits: list[Any] = [each for each in field.metadata if type(each) in _SIGNS]
    shown = [f"{_SIGNS[type(each)]} {_limit(each):g}" for each in limits]
    choices = field.annotation
    if inspect.isclass(choices) and issubclass(choices, Enum):
        shown += [", ".join(str(member.value) for member in choices)]
    return ", ".join(shown)


def _limit(bound: Any) -> float:
    names = ("ge", "gt", "le", "lt")
    return float(next(getattr(bound, name) for name in names if hasattr(bound, name)))
