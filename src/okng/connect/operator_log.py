"""The operator's log: what happens on the line, and what to do, in the language of the station."""

from typing import Any

import structlog

from okng.wording import Language, language, translated

_LOG = structlog.get_logger("okng.line")


class OperatorLog:
    """Writes lines of the log; to be used from any thread.

    The events are in the language of the process, and the names of their values in English, for
    programs that read them.
    """

    def __init__(self) -> None:
        self.language = Language.EN

    def info(self, event: str, **values: Any) -> None:
        """Something that needs nobody."""
        _LOG.info(self._stated(event), **values)

    def warning(self, event: str, **values: Any) -> None:
        """Something that somebody should see to."""
        _LOG.warning(self._stated(event), **values)

    def error(self, event: str, **values: Any) -> None:
        """Something that costs parts or time as long as it lasts."""
        _LOG.error(self._stated(event), **values)

    def exception(self, event: str, **values: Any) -> None:
        """A fault in a program, with its traceback; to be called while it is handled."""
        _LOG.exception(self._stated(event), **values)

    def _stated(self, event: str) -> str:
        with language(self.language):
            return translated(event)


log = OperatorLog()
"""The log of this process."""
