"""Logs of the server: the ids of requests, and its logger."""

import re
from typing import cast

import structlog
from starlette.requests import HTTPConnection

HEADER = "X-Request-Id"
GIVEN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""Ids of requests that are taken as they come: nothing that could break a line of the log."""


def logger() -> structlog.typing.FilteringBoundLogger:
    """The log of the server."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger("okng.serve"))


def request_id_of(connection: HTTPConnection) -> str | None:
    """The id of a request, which its answer has as `X-Request-Id`, too."""
    return cast("str | None", connection.scope.get("okng.request_id"))
