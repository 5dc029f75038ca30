"""The page `metrics.md`: every key of metrics.json, from the result models."""

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from okng.evaluation.metrics.document import EVALUATORS
from okng.evaluation.results import LowerRate, Metrics, Rate, Result, UpperRate

_LEAD = """# metrics.json

All metrics of a run or of `okng evaluate`, as plain values. The positive class is *defective*. A
key that could not be computed is absent, and `warnings` has the reason. Other keys may join; none
of these changes its meaning. Files of older versions open: they lack `version` and later keys.
"""
_RATES = (
    (Rate, "rate"),
    (UpperRate, "rate of errors"),
    (LowerRate, "rate of correct verdicts"),
)
_JSON = {int: "number", float: "number", str: "text", bool: "true or false", dict: "object"}


def metrics_page() -> str:
    """The whole page."""
    parts = [_LEAD, "## Rates\n", *_rates(), "## Top level\n", _doc(Metrics), _table(Metrics)]
    for name, field in Metrics.model_fields.items():
        if (model := _model(field.annotation)) is not None and not issubclass(model, Rate):
            parts += [f"## `{name}`\n", _doc(model), *_needs(name), _table(model, deep=True)]
    return "\n".join(parts)


def keys(model: type[Result], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every key below a model with its description; `[]` after a list, `.*` after free names."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        yield key, field.description or ""
        below = _model(field.annotation)
        if below is not None and not issubclass(below, Rate):
            yield from keys(below, f"{key}{_step(field.annotation)}.")


def _rates() -> Iterator[str]:
    for model, name in _RATES:
        rows = [
            f"| `{key}` | {field.description} |"
            for key, field in model.model_fields.items()
            if model is Rate or key not in Rate.model_fields
        ]
        head = "| key | meaning |\n|---|---|"
        yield f"**{name[:1].upper()}{name[1:]}.** {_doc(model)}\n{head}\n" + "\n".join(rows) + "\n"


def _table(model: type[Result], *, deep: bool = False) -> str:
    rows = ["| key | value | meaning |", "|---|---|---|", *_rows(model, "", deep=deep)]
    return "\n".join(rows) + "\n"


def _rows(model: type[Result], prefix: str, *, deep: bool) -> Iterator[str]:
    for name, field in model.model_fields.items():
        key, below = f"{prefix}{field.alias or name}", _model(field.annotation)
        absent = "" if field.is_required() or field.default is not None else ", may be absent"
        section = below is not None and not issubclass(below, Rate)
        shown = f"[`{key}`](#{name})" if section and not deep else f"`{key}`"
        yield f"| {shown} | {_kind(field.annotation)}{absent} | {field.description} |"
        if section and deep and below is not None:
            yield from _rows(below, f"{key}{_step(field.annotation)}.", deep=True)


def _needs(key: str) -> Iterator[str]:
    for evaluator in EVALUATORS:
        if evaluator.key == key:
            yield f"Needs {'; '.join(sorted(evaluator.needs))}.\n"


def _doc(model: type[Result]) -> str:
    paragraphs = (model.__doc__ or "").strip().split("\n\n")
    return "\n\n".join(" ".join(text.split()) for text in paragraphs) + "\n"


def _model(annotation: Any) -> type[Result] | None:
    """The model in an annotation: itself, or inside of a union, a list or an object."""
    if isinstance(annotation, type) and issubclass(annotation, Result):
        return annotation
    found = [model for part in get_args(annotation) if (model := _model(part)) is not None]
    return found[0] if found else None


def _step(annotation: Any) -> str:
    """What stands between a key and those below it."""
    origins = {get_origin(annotation), *map(get_origin, get_args(annotation))}
    if tuple in origins:
        return "[]"
    return ".*" if dict in origins else ""


def _kind(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        names = dict.fromkeys(_kind(p) for p in parts if p is not type(None))
        rates = [name for name in names if name.startswith("rate")]
        return rates[0] if rates else " or ".join(names)
    if origin is tuple:
        return f"list of {_kind(parts[0])}"
    if origin is dict:
        return f"object of {_kind(parts[1])}" if parts[1] is not Any else "object"
    if origin is Literal:
        return "text"
    for model, name in reversed(_RATES):
        if annotation is model:
            return name
    return _JSON.get(annotation, "object")
