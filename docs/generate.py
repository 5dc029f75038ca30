"""Writes the reference pages from the code, so that they cannot tell anything else.

Usage: generate.py [--check]

With --check nothing is written; the exit code is 1 when a page is not up to date.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

sys.path.insert(0, str(Path(__file__).parent))
from adapters_page import adapters_page
from messages_page import messages_page
from metrics_page import metrics_page
from okng import errors
from okng.cli.exits import INTERRUPTED, TERMINATED
from okng.cli.main import app
from okng.cli.options import bounds, plain_type
from okng.config import PRESETS, Setting, StationSettings, all_settings
from okng.error_codes import Code
from okng.events.kinds import KINDS
from okng.serve.app import openapi_text
from plc_page import plc_page
from python_api import python_api
from station_file_page import station_file_page

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py from the code. Do not edit. -->\n\n"


def commands() -> str:
    """Every verb with its arguments and options."""
    group: Any = typer.main.get_command(app)
    return NOTE + "# Commands\n\n" + "\n".join(_commands(group))


def _commands(group: Any, before: str = "okng") -> Iterator[str]:
    for name, command in group.commands.items():
        verb = f"{before} {name}"
        yield from (
            _commands(command, verb) if hasattr(command, "commands") else [_command(command, verb)]
        )


def settings() -> str:
    """Every setting: key, flag, type, default, bounds."""
    lines = [
        "# Settings\n",
        _SETTINGS,
        "Every run leaves a commented `okng.toml` with all of them.\n",
        "Left open, a setting follows the recipe: "
        + "; ".join(f"`{name}` takes {_preset(preset)}" for name, preset in PRESETS.items())
        + ".\n",
        *_table(all_settings()),
        "\n## Settings of a station\n",
        _STATION,
        *_table(all_settings(StationSettings)),
    ]
    return NOTE + "\n".join(lines) + "\n"


def _table(items: Iterator[Setting]) -> list[str]:
    return [
        "| table and key | flag | type | default | bounds | meaning |",
        "|---|---|---|---|---|---|",
        *map(_row, items),
    ]


def _row(item: Setting) -> str:
    kind = plain_type(item)
    choices = [member.value for member in kind] if hasattr(kind, "__members__") else []
    shown = ", ".join(choices) or kind.__name__
    default = item.field.default
    text = "left open" if default is None else getattr(default, "value", default)
    cells = (f"`{item.section}.{item.name}`", f"`{item.flag}`", shown, f"`{text}`",
             bounds(item), item.field.description)  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


_SETTINGS = """A setting stands in `okng.toml` under its table or in an environment variable, or is
given as a flag. The flag wins over the variable, that over the file, the file over the default.
The variable of `training.epochs` is `OKNG_TRAINING__EPOCHS`; `okng train`, `tune`, `audit` and
`split` read them, and `train` and `tune` report those that are meant so and name none.
`OKNG_CACHE` names the folder of the audit's cache."""


_STATION = """`okng serve` reads these: from flags, variables such as `OKNG_SERVER__PORT`, and the
file of `--config`.
"""


def error_tree() -> str:
    """Every error class and every code, with its meaning, exit code and HTTP status."""
    lines = [
        "# Errors and exit codes\n",
        "| error | exit code | HTTP status | code | meaning |",
        "|---|---|---|---|---|",
    ]
    for cls in error_classes():
        meaning = " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())
        end = errors.outcome(cls)
        cells = (f"`{cls.__name__}`", end.exit_code, end.http_status, f"`{cls.default_code}`")
        lines.append("| " + " | ".join(map(str, (*cells, meaning))) + " |")
    lines.append(
        "\n0 is success, 2 also wrong usage, 3 also photos that `okng predict` could not judge and "
        "what `okng audit --strict` finds serious, or a verdict that `okng certify` finds to "
        f"differ, {INTERRUPTED} is Ctrl-C, {TERMINATED} is SIGTERM.\n"
    )
    lines += [
        "## Codes\n",
        _CODES,
        "| code | meaning |",
        "|---|---|",
        *(f"| `{code}` | {code.meaning} |" for code in Code),
        "",
    ]
    return NOTE + "\n".join(lines)


def event_kinds() -> str:
    """Every kind of event with its fields."""
    lines = ["# Events\n", _EVENTS]
    for kind in KINDS:
        text, _, attributes = (inspect.getdoc(kind) or "").partition("\n\nAttributes:\n")
        lines += [f"## {kind.kind}\n", text, ""]
        lines += [f"- {line.strip()}" for line in attributes.splitlines()]
        lines += [""] if attributes else []
    return NOTE + "\n".join(lines)


_EVENTS = """`okng train`, `tune`, `audit`, `evaluate`, `compare`, `certify` and `bench` write what happens to
stderr, with `--progress jsonl` as one JSON object a line. Each has `schema` (1), `time` (ISO 8601, UTC), `event`
and the fields of its kind. The first is `job_started`, the last `job_ended`, whatever happens but a
kill. New kinds and fields may come at any time; where one goes, `schema` grows. Of the photos of a
stage two a second are reported; `stage_finished` has the whole count.

In Python, `progress=` takes an object of a class that derives from `okng.events.Progress` and
overrides `handle(event)`; `okng.events.CancelToken` ends a job from another thread.

```json
{"schema": 1, "time": "2026-03-02T07:12:09.120+00:00", "event": "stage_advanced", "name": "train", "done": 40, "total": 200, "facts": ""}
```
"""  # noqa: E501 - a line of JSON is one line


_CODES = (
    "Programs rely on the code of an error (`error.code` in Python; with `--json` on stdout as "
    '`{"error": {"code", "message", "exit_code"}}`); its text may change. Library texts name '
    "settings and arguments in backticks; the command line shows its flags.\n"
)


def error_classes() -> list[type[errors.OkngError]]:
    """The classes of `okng.errors`, in the order of the file."""
    found = [c for _, c in inspect.getmembers(errors, inspect.isclass)]
    tree = [c for c in found if issubclass(c, errors.OkngError)]
    return sorted(tree, key=lambda c: inspect.getsourcelines(c)[1])


def pages() -> dict[str, str]:
    """File name -> content of every generated page."""
    return {
        "commands.md": commands(),
        "settings.md": settings(),
        "station-file.md": NOTE + station_file_page(),
        "errors.md": error_tree(),
        "events.md": event_kinds(),
        "messages.md": NOTE + messages_page(),
        "metrics.md": NOTE + metrics_page(),
        "cameras-and-triggers.md": NOTE + adapters_page(),
        "plc.md": NOTE + plc_page(),
        "python.md": NOTE + python_api(),
        "openapi.json": openapi_text(),
    }


def main() -> None:
    """Run the script."""
    stale = []
    FOLDER.mkdir(exist_ok=True)
    for name, content in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(content, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"Not up to date: {', '.join(stale)}. Run `make reference`.")


def _preset(preset: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in preset._asdict().items())


def _command(command: Any, verb: str) -> str:
    words = inspect.cleandoc(command.help or "").replace("Example: ", "Example:\n\n    ")
    usage = " ".join(p.name.upper() for p in command.params if p.param_type_name == "argument")
    parts = [f"## {verb}\n", f"`{verb} [OPTIONS] {usage}`\n", words, ""]
    return "\n".join([*parts, "| option | meaning |", "|---|---|", *_options(command), ""])


def _options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        argument = parameter.param_type_name == "argument"
        name = parameter.name.upper() if argument else ", ".join(parameter.opts)
        yield f"| `{name}` | {(parameter.help or '').replace('|', '/')} |"


if __name__ == "__main__":
    main()
