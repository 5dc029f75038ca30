"""Bounds the bodies of requests, also of those that come in chunks."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okng.error_codes import Code
from okng.errors import StationError
from okng.serve.problems import TOO_LARGE, answer

_LINGER_BYTES, _LINGER_S = 128_000_000, 5.0
"""Of a refused body that are read and thrown away, at most, before it is answered."""


class BodyLimit:
    """Middleware: refuses bodies beyond so many bytes, with a problem.

    Starlette's own middleware counts what arrives and ends the request where it is too much; a
    length that is stated is refused here, in the form of all our errors. The rest of a refused body
    is read and thrown away: a client that is still sending it would see no answer, but a connection
    that was reset.

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
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, body = Request(scope), _Body(receive, send)
        stated = request.headers.get("content-length", "")
        if stated.isdecimal() and int(stated) > self._most:
            # who asks first (100-continue) has not begun to send
            sender = send if "expect" in request.headers else body.send
            await answer(request, self._refusal)(scope, receive, sender)
            return
        scope[TOO_LARGE] = self._refusal  # for a body without a length, which is counted
        await self._app(scope, body.receive, body.send)


class _Body:
    """The body of one request, whose rest is thrown away before an answer that it is too large."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send, self._complete = receive, send, False

    async def receive(self) -> Message:
        """The next message."""
        message = await self._receive()
        self._complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on."""
        status = message.get("status")
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and not self._complete:
            with suppress(TimeoutError, HTTPException):
                async with asyncio.timeout(_LINGER_S):
                    await self._throw_away()
        await self._send(message)

    async def _throw_away(self) -> None:
        size = 0
        while not self._complete and size < _LINGER_BYTES:
            size += len((await self.receive()).get("body", b""))


def too_large(most: int, hint: str | None = None) -> StationError:
    """The error for a body of more bytes."""
    way = hint or "Or raise `server.body_mb`."
    return StationError(
        "The body of the request is too large",
        allowed=f"{most:,} bytes ({most / 1e6:g} MB)",
        hint=f"Send fewer or smaller photos at a time. {way}",
        code=Code.REQUEST_TOO_LARGE,
    )
