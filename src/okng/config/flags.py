"""Settings, as texts of the library name them -> flags, as a reader of a report types them."""

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from okng.config.reading import all_settings
from okng.config.sections import RunSettings
from okng.config.station import StationSettings

_NAME = re.compile(r"`([a-z_]+(?:\.[a-z_]+)?)`")


def with_flags(text: str, arguments: Mapping[str, str] = MappingProxyType({})) -> str:
    """The text with flags in place of names in backticks: --epochs. Other code stays as it is.

    Args:
        text: of the library, which names a setting as `training.epochs` and an argument as `out`.
        arguments: flags by the names of arguments of a verb.
    """
    if "`" not in text:
        return text
    flags = {**_of_settings(), **arguments}
    return _NAME.sub(lambda match: flags.get(match[1], match[0]), text)


def command(line: str, **options: object) -> str:
    """A command as a reader of a report types it: `okng evaluate MODEL NEW --out proof`.

    Args:
        line: program, verb and arguments.
        **options: value by the keyword of a setting, or of an argument that has a flag.
    """
    flags = (f"--{name.replace('_', '-')} {value}" for name, value in options.items())
    return " ".join([line, *flags])


@functools.cache
def _of_settings() -> dict[str, str]:
    return {
        f"{setting.section}.{setting.name}": setting.flag
        for tree in (RunSettings, StationSettings)
        for setting in all_settings(tree)
    }
