"""The runtime interface emulator of AWS Lambda, with a handler in it, as AWS starts it.

The emulator is AWS's own program (in the wheel of `aws-sam-cli`; `scripts/lambda-rie` fetches it).
It starts the runtime at the first event, and ends it where the time of the function is over. Unlike
AWS it cuts events off at 6 MB instead of answering 413.
"""

import http.client
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from okng.testing.services import MissingService

VARIABLE = "OKNG_LAMBDA_RIE"
HANDLER = "okng.serve.aws_lambda.handler"
_INVOKE = "/2015-03-31/functions/function/invocations"
_FROM_OUTSIDE = ("PATH", "PYTHONPATH", "LANG", "OMP_NUM_THREADS")


def emulator() -> Path:
    """The program of the emulator.

    Raises:
        MissingService: it is not on this machine.
    """
    given = os.environ.get(VARIABLE)
    path = Path(given) if given else Path.home() / ".cache" / "okng" / "aws-lambda-rie"
    if platform.system() != "Linux" or not os.access(path, os.X_OK):
        raise MissingService(f"the emulator of AWS Lambda at {path} (scripts/lambda-rie)")
    return path


@dataclass(frozen=True)
class Emulated:
    """A function in the emulator.

    Attributes:
        port: on which events are sent.
        log: what emulator and function have written.
    """

    port: int
    log: Path

    def invoke(self, event: object, seconds: float = 60) -> Any:
        """The answer to an event, which is JSON.

        Args:
            event: what JSON can express.
            seconds: to wait.
        """
        return self.invoke_raw(json.dumps(event).encode(), seconds)

    def invoke_raw(self, body: bytes, seconds: float = 60) -> Any:
        """The answer to the bytes of an event."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("POST", _INVOKE, body, {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def emulated(
    folder: Path, variables: Mapping[str, str], *, memory_mb: int = 2048, seconds: int = 30
) -> Iterator[Emulated]:
    """A function that takes events until the block ends.

    Args:
        folder: for its log.
        variables: of the environment of the function; of this process it sees the path alone.
        memory_mb: that the function is told to have.
        seconds: of the function for one event.

    Raises:
        MissingService: the emulator is not on this machine.
    """
    port, log = _free_port(), folder / "lambda.log"
    own = {name: os.environ[name] for name in _FROM_OUTSIDE if name in os.environ}
    env = {
        **own, **variables, "AWS_LAMBDA_FUNCTION_TIMEOUT": str(seconds), "HOME": str(folder),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb), "AWS_LAMBDA_FUNCTION_NAME": "okng",
    }  # fmt: skip
    command = [
        str(emulator()), "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
        "--runtime-api-address", f"127.0.0.1:{_free_port()}",
        sys.executable, "-m", "awslambdaric", HANDLER,
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command, env=env, cwd=folder, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait_for(port, process, log)
            yield Emulated(port, log)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"The emulator does not listen: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
