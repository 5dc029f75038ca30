"""A real MQTT broker for tests: mosquitto on loopback, with its files in a folder of the test."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from okng.testing.services import MissingService

_SECONDS = 10.0


class Mosquitto:
    """A broker that can be stopped and started.

    Args:
        folder: for its configuration and its data.
        options: lines of its configuration, beside the address.

    Attributes:
        port: on 127.0.0.1.

    Raises:
        MissingService: mosquitto is not installed.
    """

    def __init__(self, folder: Path, options: Sequence[str] = ("allow_anonymous true",)) -> None:
        self._program = _program()
        self.port = free_port()
        self._config = folder / f"mosquitto-{self.port}.conf"
        # it would change to a user that may not read the folder
        lines = (f"listener {self.port} 127.0.0.1", "user root", *options)
        self._config.write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        self._process = subprocess.Popen(  # noqa: S603 - a path of this module's own
            [self._program, "-c", str(self._config)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for_port(self.port)

    def stop(self) -> None:
        """End it in order: it writes what it has to its disk, if it is set to."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End it as a crash would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()


@contextmanager
def mosquitto(
    folder: Path, options: Sequence[str] = ("allow_anonymous true",)
) -> Iterator[Mosquitto]:
    """A broker that runs until the context ends.

    Raises:
        MissingService: mosquitto is not installed.
    """
    broker = Mosquitto(folder, options)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    """Wait until something listens.

    Raises:
        TimeoutError: nothing does.
    """
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"Nothing listens at port {port}")


def _program() -> str:
    # Debian installs it outside of the PATH of users
    path = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
    if path is None:
        raise MissingService("mosquitto (apt-get install mosquitto)")
    return path
