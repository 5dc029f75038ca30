"""A web server of model files that counts what it sends, and can fail in the ways of the web."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass
class ModelServer:
    """What a server on loopback offers; to be changed while it runs.

    Attributes:
        files: path -> bytes.
        status: of every answer; None serves the files.
        cut: bytes that are left out at the end of each file.
        moved: location that every request is sent to; None for none.
        asked: paths, in the order of the requests.
        sent: bytes of files.
        address: of the server.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    status: int | None = None
    cut: int = 0
    moved: str | None = None
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    address: str = ""


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A server until the block ends."""
    offered = ModelServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _serve(self, offered)

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    offered.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield offered
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _serve(request: http.server.BaseHTTPRequestHandler, offered: ModelServer) -> None:
    offered.asked.append(request.path)
    content = offered.files.get(request.path)
    tag = f'"{sha256(content or b"").hexdigest()}"'
    status = offered.status or (404 if content is None else 200)
    if offered.moved is not None:
        request.send_response(302)
        request.send_header("Location", offered.moved)
        content = b""
    elif status == 200 and request.headers.get("If-None-Match") == tag:
        request.send_response(304)
        content = b""
    else:
        request.send_response(status)
        content = content if status == 200 and content else b""
    request.send_header("ETag", tag)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    body = content[: len(content) - offered.cut]
    request.wfile.write(body)
    offered.sent += len(body)
    request.close_connection = True
