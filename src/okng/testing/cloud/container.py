"""okng as a container of Amazon SageMaker: a process that is started, asked and ended as there."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_FROM_OUTSIDE = ("PATH", "PYTHONPATH", "LANG", "OMP_NUM_THREADS")
GRACE_S = 30.0
"""Between SIGTERM and SIGKILL."""
_START_S = 240.0  # of SageMaker, by default


class Reply(NamedTuple):
    """An answer of a container.

    Attributes:
        status: of HTTP; 0 where the connection was refused or reset, or no answer came in time.
        kind: media type.
        body: of it.
        seconds: until it was read.
    """

    status: int
    kind: str
    body: bytes
    seconds: float


@dataclass
class Container:
    """A container that runs.

    Attributes:
        process: of it.
        port: on which it listens.
        log: what it has written.
        started: seconds from its start to the first good ping.
    """

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    started: float = 0.0

    def ask(
        self,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        seconds: float = 60,
    ) -> Reply:
        """Ask as SageMaker does: GET without a body, else POST."""
        begin = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET" if body is None else "POST", path, body, dict(headers))
            answer = connection.getresponse()
            text = answer.read()
        except (ConnectionError, TimeoutError):
            return Reply(0, "", b"", time.perf_counter() - begin)
        finally:
            connection.close()
        kind = answer.headers.get_content_type()
        return Reply(answer.status, kind, text, time.perf_counter() - begin)

    def end(self) -> tuple[int, float]:
        """Send SIGTERM, and SIGKILL after the time that SageMaker gives.

        Returns:
            The exit code, -9 where it had to be killed, and the seconds that it took.
        """
        begin = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        return code, time.perf_counter() - begin


@contextmanager
def sagemaker_container(
    model: Path, folder: Path, port: int, variables: Mapping[str, str] | None = None
) -> Iterator[Container]:
    """`okng serve`, as SageMaker starts an image whose entry point is `okng`, until the block ends.

    Args:
        model: the folder that `model.tar.gz` was unpacked into.
        folder: for its log and its files.
        port: on which it is to listen.
        variables: further ones of its environment.

    Raises:
        RuntimeError: it ended, or did not answer a ping in time.
    """
    own = {name: os.environ[name] for name in _FROM_OUTSIDE if name in os.environ}
    env = {
        **own, "OKNG_MODEL": str(model), "SAGEMAKER_BIND_TO_PORT": str(port), "HOME": str(folder),
        "OKNG_STATION__FOLDER": str(folder / "station"), **(variables or {}),
    }  # fmt: skip
    log, begin = folder / "container.log", time.perf_counter()
    with log.open("wb") as output:
        command = [sys.executable, "-m", "okng", "serve", "serve"]
        process = subprocess.Popen(command, env=env, cwd=folder, stdout=output, stderr=output)  # noqa: S603
        container = Container(process, port, log)
        try:
            _wait_for_ping(container)
            container.started = time.perf_counter() - begin
            yield container
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _wait_for_ping(container: Container) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and container.process.poll() is None:
        if container.ask("/ping", seconds=2).status == 200:
            return
        time.sleep(0.02)
    raise RuntimeError(f"The container did not start:\n{container.log.read_text()[-3000:]}")
