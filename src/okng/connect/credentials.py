"""Secrets of a connection: read from a file or the environment, and never from the settings."""

import os
from pathlib import Path

from okng.error_codes import Code
from okng.errors import ConfigError


def secret(file: Path | None, variable: str | None, what: str) -> str | None:
    """A secret without the line end behind it; None where none is named.

    Args:
        file: that holds it.
        variable: of the environment, that holds it.
        what: name of the setting, for the text of an error: `password`.

    Raises:
        ConfigError: the file cannot be read, or the variable is not set.
    """
    if file is not None:
        try:
            return file.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as exc:
            raise ConfigError(
                f"The file of the {what} cannot be read: {exc.__class__.__name__}",
                where=file,
                hint="Write it there, readable by the station alone.",
                code=Code.SETTINGS_INVALID,
            ) from exc
    if variable is None:
        return None
    if variable not in os.environ:
        raise ConfigError(
            f"The environment has no variable with the {what}",
            where=variable,
            hint=f"Set {variable} for the process of the station.",
        )
    return os.environ[variable]
