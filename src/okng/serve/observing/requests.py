"""Middleware: gives every request an id, and puts its end into the log and the metrics."""

import time
from typing import NamedTuple

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okng.inference.inspection import new_id
from okng.serve.observing.logs import GIVEN_ID, HEADER, logger
from okng.serve.observing.metrics import Metrics

_ROUTE, _NO_ROUTE = "okng_route", "none"
_QUIET = frozenset({"/healthz", "/readyz", "/ping", "/metrics", "/v2/health/live",
                    "/v2/health/ready"})  # fmt: skip
"""Routes that machines ask every few seconds: their good answers are not in the log."""


class _Answered(NamedTuple):
    """The status of an answer, and the seconds until it began."""

    status: int
    seconds: float


class RouteNoted:
    """The innermost middleware: notes which route answers, where `Observed` can read it.

    Middlewares between the two pass a copy of the scope on, but its state is shared.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["state"][_ROUTE] = getattr(scope.get("route"), "path", _NO_ROUTE)
            await send(message)

        await self._app(scope, receive, noted if scope["type"] == "http" else send)


class Observed:
    """Observes every request.

    Args:
        app: that answers.
        metrics: of the server.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        identifier = given if GIVEN_ID.fullmatch(given) else new_id()
        scope["okng.request_id"] = identifier
        scope.setdefault("state", {})
        begin, head = time.perf_counter(), (HEADER.lower().encode(), identifier.encode())
        answered: _Answered | None = None

        async def observed(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], head]
                answered = _Answered(int(message["status"]), time.perf_counter() - begin)
            await send(message)
            # after the first bytes have left: the client does not wait for the log
            if message["type"] == "http.response.body" and answered is not None:
                self._ended(scope, answered)
                answered = None

        with structlog.contextvars.bound_contextvars(request_id=identifier):
            await self._app(scope, receive, observed)

    def _ended(self, scope: Scope, answered: _Answered) -> None:
        status, seconds = answered
        route = scope["state"].get(_ROUTE, _NO_ROUTE)
        self._metrics.request(scope["method"], route, status, seconds)
        if route in _QUIET and status < 400:
            return
        caller = scope["state"].get("caller")
        client = scope.get("client")
        logger().info(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(1000 * seconds, 1),
            caller=getattr(caller, "name", None),
            client=client[0] if client else None,
        )
