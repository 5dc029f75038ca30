"""How a middleware refuses a request: by the answer that the server gives to such an error."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from okng.errors import OkngError

Answer = Callable[[Request, OkngError], Response]
"""The answer to a request that ends in an error: `okng.serve.problems.answer`."""


class Middleware:
    """Refuses what `check` refuses, and passes the rest on.

    Args:
        app: that gets the rest.
        answer: makes the answers to refused requests.
    """

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app, self.answer = app, answer

    def check(self, request: Request) -> None:
        """Let a request through, or not.

        Raises:
            OkngError: it is refused.
        """
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            request = Request(scope)
            try:
                self.check(request)
            except OkngError as error:
                await self.answer(request, error)(scope, receive, send)
                return
        await self.app(scope, receive, send)
