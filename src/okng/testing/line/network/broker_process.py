"""A real broker on loopback, where mosquitto is installed."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


class Broker:
    """A broker that can be stopped and started again on its port.

    Args:
        folder: for its settings and what it keeps.
        more: lines for its settings.
    """

    def __init__(self, folder: Path, more: str = "allow_anonymous true") -> None:
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\n{more}\nuser root\npersistence true\n"
            f"persistence_location {folder}/\n"
        )

    def start(self) -> None:
        """Start, and return once it listens."""
        assert MOSQUITTO is not None  # noqa: S101 - tests skip without it
        command = [MOSQUITTO, "-c", str(self._config)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError("mosquitto does not listen")

    def stop(self) -> None:
        """End it, and wait until it has."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(10)


@contextmanager
def broker(folder: Path, more: str = "allow_anonymous true") -> Iterator[Broker]:
    """A broker that runs meanwhile."""
    running = Broker(folder, more)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
