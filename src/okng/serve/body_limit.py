"""Bounds the bodies of requests, also of those that come in chunks."""

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from okng.error_codes import Code
from okng.errors import StationError
from okng.serve.problems import TOO_LARGE, answer


class BodyLimit:
    """Middleware: refuses bodies beyond so many bytes, with a problem.

    Starlette's own middleware counts what arrives and ends the request where it is too much; a
    length that is stated is refused here, before any byte is read, in the form of all our errors.

    Args:
        app: that gets the rest.
        most: bytes.
        hint: beside sending less; None names the setting that allows more.
    """

    def __init__(self, app: ASGIApp, most: int, hint: str | None = None) -> None:
        self._app = RequestBodyLimitMiddleware(app, most)
        self._most, self._refusal = most, too_large(most, hint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            request = Request(scope)
            stated = request.headers.get("content-length", "")
            if stated.isdecimal() and int(stated) > self._most:
                await answer(request, self._refusal)(scope, receive, send)
                return
            scope[TOO_LARGE] = self._refusal  # for a body without a length, which is counted
        await self._app(scope, receive, send)


def too_large(most: int, hint: str | None = None) -> StationError:
    """The error for a body of more bytes."""
    way = hint or "Or raise `server.body_mb`."
    return StationError(
        "The body of the request is too large",
        allowed=f"{most:,} bytes ({most / 1e6:g} MB)",
        hint=f"Send fewer or smaller photos at a time. {way}",
        code=Code.REQUEST_TOO_LARGE,
    )
