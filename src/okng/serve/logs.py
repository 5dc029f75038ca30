"""Logs of the server, one event a line, each with the id of its request."""

import re
import sys
from typing import cast

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okng.inference.inspection import new_id

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def set_up_logs() -> None:
    """Log to stderr: for people on a terminal, as JSON elsewhere."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if terminal else [structlog.processors.format_exc_info]),
            _for_people() if terminal else structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _for_people() -> structlog.dev.ConsoleRenderer:
    # Not the formatter that prints local variables: they may hold keys and passwords.
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def logger() -> structlog.typing.FilteringBoundLogger:
    """The log of the server."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger("okng.serve"))


def request_id_of(connection: HTTPConnection) -> str | None:
    """The id of a request, which its answer has as `X-Request-Id`, too."""
    return cast("str | None", connection.scope.get("okng.request_id"))


class RequestIds:
    """Middleware: gives every request an id, or takes the one that it came with."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        identifier = given if _GIVEN.fullmatch(given) else new_id()
        scope["okng.request_id"] = identifier

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = identifier
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=identifier):
            await self._app(scope, receive, named)
