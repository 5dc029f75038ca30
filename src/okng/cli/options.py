"""Settings -> flags: every setting of `config` becomes an option of the verb that wants them."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Optional, get_args, get_origin

import typer

from okng.config import Duration, Preset, Setting, Share, all_settings

_PANELS = {
    "data": "Photos",
    "model": "Network",
    "training": "Training",
    "augment": "Augmentation",
    "operating_point": "Operating point",
}


def with_settings(command: Callable[..., None], *chosen: str) -> Callable[..., None]:
    """Give a command one option per setting.

    The command takes a keyword `settings`: name -> value of those that the user gave.

    Args:
        command: the verb.
        *chosen: sections of settings, or single settings by keyword; all when none is named.
    """
    wanted = set(chosen)
    settings = [s for s in all_settings() if not wanted or wanted & {s.section, s.keyword}]
    names = [setting.keyword for setting in settings]

    @functools.wraps(command)
    def wrapper(**arguments: Any) -> None:
        given = {name: arguments.pop(name) for name in names}
        command(**arguments, settings={k: v for k, v in given.items() if v is not None})

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "settings"]
    panels = {s.keyword: None if s.keyword in wanted else _PANELS[s.section] for s in settings}
    parameters = own + [_parameter(setting, panels[setting.keyword]) for setting in settings]
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {p.name: p.annotation for p in parameters}
    return wrapper


def explain(setting: Setting) -> str:
    """Help of a setting with its bounds and default."""
    extent = bounds(setting)
    default = setting.field.default
    facts = [extent] if extent else []
    if default is None:
        facts.append("default: depends on the network" if setting.name in Preset._fields else "")
    elif default is not False:
        facts.append(f"default: {getattr(default, 'value', default)}")
    known = "; ".join(fact for fact in facts if fact)
    return f"{setting.field.description}" + (f" [{known}]" if known else "")


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


def _parameter(setting: Setting, panel: str | None) -> inspect.Parameter:
    option = typer.Option(
        setting.flag,
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
