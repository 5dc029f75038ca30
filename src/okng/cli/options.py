"""Settings -> flags: every setting of `config` becomes an option of the verb that wants them."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Optional, get_args, get_origin

import typer
from pydantic import BaseModel

from okng.cli.help_levels import show_all
from okng.config import Duration, Preset, RunSettings, Setting, Share, all_settings

_PANELS = {
    "data": "Photos",
    "operating_point": "What an error costs",
    "model": "Network",
    "training": "Time and training",
    "augment": "Augmentation",
    "report": "Report",
    "station": "Station",
    "server": "Server",
    "models": "Models",
    "records": "Records",
    "masters": "Master parts",
    "drift": "Drift alarm",
}
FIRST = (
    "ok", "no_ok", "group_by", "split",
    "max_escape", "max_overkill", "cost_escape", "cost_overkill",
    "require_escape", "require_overkill", "title", "part", "author",
    "recipe", "time_budget", "model", "image_size",
)  # fmt: skip
"""The settings that a quality engineer needs; the others are shown by `--help-all`."""
_FIRST_PANELS = {"model": "Time and network", "training": "Time and network"}
_FIRST_PANEL_OF = {"image_size": "Time and network"}


def with_settings(
    command: Callable[..., None],
    *chosen: str,
    first: tuple[str, ...] = (),
    tree: type[BaseModel] = RunSettings,
) -> Callable[..., None]:
    """Give a command one option per setting.

    The command takes a keyword `settings`: name -> value of those that the user gave.

    Args:
        command: the verb.
        *chosen: sections of settings, or single settings by keyword; all when none is named.
        first: settings that its help shows, by keyword, in this order; the others only with
            `--help-all`. All when none is named.
        tree: the class of settings, one section per field.
    """
    wanted = set(chosen)
    settings = [s for s in all_settings(tree) if not wanted or wanted & {s.section, s.keyword}]
    names = [setting.keyword for setting in settings]
    settings.sort(key=lambda s: first.index(s.keyword) if s.keyword in first else len(first))

    @functools.wraps(command)
    def wrapper(**arguments: Any) -> None:
        arguments.pop("help_all", None)
        given = {name: arguments.pop(name) for name in names}
        command(**arguments, settings={k: v for k, v in given.items() if v is not None})

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "settings"]
    parameters = own + [
        _parameter(
            setting,
            _panel(setting, wanted, first),
            hidden=bool(first) and setting.keyword not in first,
        )
        for setting in settings
    ]
    if first:
        parameters.append(_HELP_ALL)
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {p.name: p.annotation for p in parameters}
    return wrapper


_HELP_ALL = inspect.Parameter(
    "help_all",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool,
        typer.Option("--help-all", is_eager=True, callback=show_all, help="Show every setting."),
    ],
)


def _panel(setting: Setting, wanted: set[str], first: tuple[str, ...]) -> str | None:
    if setting.keyword in wanted:
        return None
    if setting.keyword in first:
        named = _FIRST_PANEL_OF.get(setting.keyword) or _FIRST_PANELS.get(setting.section)
        return named or _PANELS[setting.section]
    return _PANELS[setting.section] + (", more" if first else "")


def explain(setting: Setting) -> str:
    """Help of a setting with its bounds and default, in parentheses: brackets are rich's markup."""
    extent = bounds(setting)
    default = setting.field.default
    facts = [extent] if extent else []
    if default is None:
        facts.append("default: depends on the recipe" if setting.name in Preset._fields else "")
    elif default is not False:
        facts.append(f"default: {getattr(default, 'value', default)}")
    known = "; ".join(fact for fact in facts if fact)
    return f"{setting.field.description}" + (f" ({known})" if known else "")


def bounds(setting: Setting) -> str:
    """The range of a number, in words."""
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return ", ".join(
        f"{sign} {getattr(rule, name)}"
        for rule in setting.field.metadata
        for name, sign in signs.items()
        if hasattr(rule, name)
    )


def plain_type(setting: Setting) -> Any:
    """The setting's type without `None`."""
    kinds = [kind for kind in get_args(setting.field.annotation) if kind is not type(None)]
    kind = kinds[0] if kinds else setting.field.annotation
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _flag_type(setting: Setting) -> Any:
    """What the command line takes: `0.5%` and `10min` are text here."""
    written = {Share, Duration}.intersection(get_args(setting.field.annotation))
    return str if written else plain_type(setting)


def _parameter(setting: Setting, panel: str | None, *, hidden: bool) -> inspect.Parameter:
    option = typer.Option(
        setting.flag,
        hidden=hidden,
        help=explain(setting),
        show_default=False,
        rich_help_panel=panel,
    )
    return inspect.Parameter(
        setting.keyword,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[Optional[_flag_type(setting)], option],  # noqa: UP045 - built at run time
    )
