"""A network between a client and a server that cuts, delays, and loses what the server answers."""

import socket
import threading
import time
from contextlib import suppress
from typing import Self

_CHUNK = 65_536


class FlakyNetwork:
    """A proxy of TCP on loopback; to be used in a `with` block.

    Args:
        port: of the server behind it.

    Attributes:
        port: of the proxy.
        delay: seconds that each piece takes, in both directions.
        refuses: whether new connections are cut at once.
        loses_answers: whether what the server sends is lost, while the connection stands.
        cuts_after: bytes from the client after which its connection is cut; None for never.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.delay = 0.0
        self.refuses = self.loses_answers = False
        self.cuts_after: int | None = None
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def cut(self) -> None:
        """Cut all connections."""
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it."""
        self.refuses = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.refuses:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target), 5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            with self._lock:
                self._open |= {client, server}
            self._start(self._pump, client, server, True)
            self._start(self._pump, server, client, False)

    def _pump(self, source: socket.socket, target: socket.socket, from_client: bool) -> None:
        count = 0
        with source:
            while data := _received(source):
                time.sleep(self.delay)
                count += len(data)
                limit = self.cuts_after
                if from_client and limit is not None and count > limit:
                    break
                if not from_client and self.loses_answers:
                    continue
                with suppress(OSError):
                    target.sendall(data)
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)

    def _start(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(_CHUNK)
    except OSError:
        return b""
