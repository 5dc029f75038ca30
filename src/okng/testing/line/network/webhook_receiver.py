"""A receiver of webhooks on loopback: checks signatures, stores what it gets, answers as asked."""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self


class Posted(NamedTuple):
    """One request.

    Attributes:
        path: with the query.
        headers: names in lower case.
        body: as it came.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """What is answered.

    Attributes:
        status: of HTTP.
        headers: beside the standard ones.
    """

    status: int = 200
    headers: Mapping[str, str] = {}


class WebhookReceiver:
    """An HTTP server on a thread; to be used in a `with` block.

    Attributes:
        posted: requests, in the order in which they came.
        reply: gives the answer to a request.
    """

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.reply: Callable[[Posted], Reply] = lambda _: Reply()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                posted = Posted(self.path, headers, self.rfile.read(length))
                receiver.posted.append(posted)
                reply = receiver.reply(posted)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}/verdicts"

    def __enter__(self) -> Self:
        """Start it."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
