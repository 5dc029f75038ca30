"""The language of reports: as the settings have it, else as the environment has it."""

import os

from okng.errors import ConfigError
from okng.wording import Language

VARIABLE = "OKNG_LANGUAGE"


def report_language(given: str | None) -> Language:
    """The language of a report, and of conclusions in the terminal.

    Args:
        given: by the settings of the run; None takes the environment variable `OKNG_LANGUAGE`.

    Raises:
        ConfigError: the variable names a language that there is no catalogue of.
    """
    name = given or os.environ.get(VARIABLE, "") or Language.EN.value
    try:
        return Language(name.lower())
    except ValueError as exc:
        raise ConfigError(
            f"There is no report in the language {name!r}",
            where=f"the environment variable {VARIABLE}",
            allowed=", ".join(Language),
        ) from exc
