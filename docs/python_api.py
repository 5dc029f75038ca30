"""The page of the Python API, from signatures and docstrings."""

import functools
import inspect
import re
from collections.abc import Iterator
from typing import Any

import okng

_PROPERTIES = (property, functools.cached_property)
_SECTIONS = ("Args", "Attributes", "Returns", "Raises", "Example")


_INTRODUCTION = """# Python

Everything that a command does is a function of the same name. Progress and warnings are shown on
stderr; `progress=False` shows nothing. Errors are those of [errors](errors.md), as exceptions of
`okng.errors`.

```python
import okng

run = okng.train("photos/", out="runs/castings", max_escape="1%")
print(run.metrics["escape_rate"], run.report)

inspector = okng.Inspector("runs/castings")
verdict = inspector("new/part.jpg")
print(verdict.verdict, verdict.ok, verdict.defect_score)
```
"""


def python_api() -> str:
    """Every public name of okng, with its signature and docstring."""
    lines = [_INTRODUCTION]
    for name in sorted(set(okng.__all__) - {"errors"}, key=str.lower):
        lines += _entry(f"okng.{name}", getattr(okng, name))
    return "\n".join(lines)


def _entry(name: str, thing: Any) -> Iterator[str]:
    yield f"## {name}\n"
    if not _is_enum(thing):
        yield f"```python\n{name}{_signature(thing)}\n```\n"
    yield _prose(thing)
    if _is_enum(thing):
        yield "Values: " + ", ".join(f"`{member.value}`" for member in thing) + ".\n"
    elif inspect.isclass(thing):
        for method, member in _methods(thing):
            shown = _signature(member) if callable(member) else ""
            yield f"**`.{method}{shown}`**\n"
            yield _prose(member)


def _is_enum(thing: Any) -> bool:
    return hasattr(thing, "__members__")


def _methods(cls: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties, with those that okng's own bases define."""
    for name, member in inspect.getmembers(cls):
        home = next((base for base in cls.__mro__ if name in vars(base)), cls)
        own = home.__module__.startswith("okng") and inspect.getdoc(member)
        public = not name.startswith("_") or name == "__call__"
        if own and public and (callable(member) or isinstance(member, _PROPERTIES)):
            yield name, member


def _signature(thing: Any) -> str:
    signature = inspect.signature(thing)
    kept = [p.replace(annotation=_short(p.annotation)) for p in signature.parameters.values()
            if p.name != "self"]  # fmt: skip
    text = str(signature.replace(parameters=kept, return_annotation=inspect.Signature.empty))
    text = text.replace("'", "")
    return text if len(text) < 88 else re.sub(r"(?<=[(,]) ?(?=[*\w])", "\n    ", text[:-1]) + "\n)"


def _short(annotation: Any) -> Any:
    """Types without their modules."""
    if annotation is inspect.Parameter.empty:
        return annotation
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z_])", "", text)


def _prose(thing: Any) -> str:
    lines = []
    for line in (inspect.getdoc(thing) or "").splitlines():
        heading = line.rstrip(":")
        if line.endswith(":") and heading in _SECTIONS:
            lines += [f"*{heading}*", ""]
        elif line.startswith("        "):
            lines[-1] += " " + line.strip()
        elif line.startswith(("    >>>", "    <")):
            lines.append(f"    {line}")
        elif item := re.match(r"    (\*{0,2}\w+): (.*)", line):
            lines.append(f"- `{item[1]}`: {item[2]}")
        else:
            lines.append(line.strip())
    return "\n".join(lines) + "\n"
