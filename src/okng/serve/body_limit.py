"""Bounds the bodies of requests, also of those that come in chunks."""

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from okng.error_codes import Code
from okng.errors import StationError
from okng.serve.problems import answer


class BodyLimit:
    """Middleware: refuses bodies beyond so many bytes, with a problem.

    Starlette's own middleware counts what arrives and ends the request where it is too much; a
    length that is stated is refused here, before any byte is read, in the form of all our errors.

    Args:
        app: that gets the rest.
        most: bytes.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = RequestBodyLimitMiddleware(app, most)
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            request = Request(scope)
            stated = request.headers.get("content-length", "")
            if stated.isdecimal() and int(stated) > self._most:
                await answer(request, too_large(self._most))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def too_large(most: int) -> StationError:
    """The error for a body of more bytes."""
    return StationError(
        "The body of the request is too large",
        allowed=f"{most / 1e6:g} MB",
        hint="Send fewer or smaller photos at a time, or raise `server.body_mb`.",
        code=Code.REQUEST_TOO_LARGE,
    )
