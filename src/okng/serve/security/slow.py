"""Ends requests that do not arrive: a few slow clients must not hold every connection."""

import asyncio
from http import HTTPStatus
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from okng.error_codes import Code
from okng.errors import StationError
from okng.serve.security.refusal import Answer

HEAD_SECONDS = 10.0
"""For the line and headers of a request, from its first byte or the connection on."""
HEAD_BYTES = 65_536
"""Of the line and headers together."""


class TimedProtocol(HttpToolsProtocol):
    """Closes a connection whose next request line and headers are too slow or too long.

    uvicorn itself bounds only the time between two requests, and with httptools no length.
    """

    seconds = HEAD_SECONDS
    _timer: asyncio.TimerHandle | None = None
    _in_head = False
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time of the first request."""
        super().connection_made(transport)
        self._start()

    def on_message_begin(self) -> None:
        """The first byte of a request line."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """The head of a request is whole."""
        self._in_head, self._head_bytes = False, 0
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Stop the time once a head is complete; start it with the first byte of the next."""
        if self._waits_for_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if not self._waits_for_head:
            self._stop()
        elif self._head_bytes > HEAD_BYTES:
            self.send_400_response("The head of the request is too long.")
        elif self._timer is None and not self.transport.is_closing():
            self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time."""
        self._stop()
        super().connection_lost(exc)

    @property
    def _waits_for_head(self) -> bool:
        """Whether no request is under way: what comes is a head, or the rest of a refused body."""
        # uvicorn declares it without the None that it has before the first request
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return self._in_head or cycle is None or cycle.response_complete

    def _start(self) -> None:
        self._timer = self.loop.call_later(self.seconds, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class TimedBodies:
    """Middleware: ends a request whose body is not complete in time.

    Args:
        app: that reads the body.
        answer: makes the answers to refused requests.
        seconds: for the whole body.
    """

    def __init__(self, app: ASGIApp, answer: Answer, seconds: float) -> None:
        self._app, self._answer, self._seconds = app, answer, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, send, asyncio.get_running_loop().time() + self._seconds)
        try:
            await self._app(scope, body.receive, body.send)
        except HTTPException:
            if not body.late:
                raise
        if body.late and not body.answered:
            response = self._answer(Request(scope), _slow(self._seconds))
            response.headers["connection"] = "close"
            await response(scope, receive, send)


class _Body:
    """The body of one request until `end`, in seconds of the loop's clock."""

    def __init__(self, receive: Receive, send: Send, end: float) -> None:
        self._receive, self._send, self._end = receive, send, end
        self._complete = self.late = self.answered = False

    async def receive(self) -> Message:
        """The next message; HTTPException where it comes too late."""
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._end):
                message = await self._receive()
        except TimeoutError as exc:
            self.late = True
            # FastAPI would turn any other exception into one about a malformed body.
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from exc
        self._complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on, unless it is about a body that came too late."""
        if self.answered or not self.late:
            self.answered = True
            await self._send(message)


def _slow(seconds: float) -> StationError:
    return StationError(
        f"The body did not arrive within {seconds:g} seconds",
        hint="Check the network, or raise `server.timeout`.",
        code=Code.REQUEST_SLOW,
    )
