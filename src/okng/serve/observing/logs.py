"""Logs of the server, one event a line, each with the id of its request."""

import logging
import re
import sys
from typing import TextIO, cast

import structlog
from starlette.requests import HTTPConnection

HEADER = "X-Request-Id"
GIVEN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""Ids of requests that are taken as they come: nothing that could break a line of the log."""


def set_up_logs() -> None:
    """Log to stderr, one event a line: for people on a terminal, as JSON elsewhere.

    Events of libraries, such as uvicorn's warnings, have the same form.
    """
    terminal = sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [_for_people()]
        if terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, *last],
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Stderr())),
    )
    handler = logging.StreamHandler(_Stderr())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


class _Stderr:
    """The stderr of the moment: whoever calls okng may exchange it, and close the old one."""

    def write(self, text: str) -> int:
        """Write to it."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush it."""
        sys.stderr.flush()


def _for_people() -> structlog.dev.ConsoleRenderer:
    # Not the formatter that prints local variables: they may hold keys and passwords.
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def logger() -> structlog.typing.FilteringBoundLogger:
    """The log of the server."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger("okng.serve"))


def request_id_of(connection: HTTPConnection) -> str | None:
    """The id of a request, which its answer has as `X-Request-Id`, too."""
    return cast("str | None", connection.scope.get("okng.request_id"))
