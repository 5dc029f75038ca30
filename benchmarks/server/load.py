"""What the scripts of this folder share: a station in a process of its own, and bounded load on it.

The load goes to 127.0.0.1 alone, and ends by itself. Client and station share the machine's cores.
"""

import contextlib
import http.client
import json
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HOST = "127.0.0.1"
BOUNDARY = "okng-7f3a9c"
START_SECONDS = 120.0
"""For a model to load on a busy machine."""
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})


@dataclass(eq=False)
class Served:
    """A station in a process of its own.

    Attributes:
        port: on which it listens.
        process: the process.
        folder: of its records.
    """

    port: int
    process: subprocess.Popen[str]
    folder: Path

    @property
    def memory_mb(self) -> float:
        """Resident memory of its process, in MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1])
        return pages * resource.getpagesize() / 1e6


@contextlib.contextmanager
def station(model: Path, folder: Path, *options: str, first: str = "") -> Iterator[Served]:
    """`okng serve MODEL --no-auth` on a free port, until the block ends.

    Args:
        model: the model file.
        folder: of the station; made where it is missing.
        *options: further flags.
        first: Python that runs in the process of the station before it starts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = (folder / "serve.log").open("w", encoding="utf-8")
    program = f"{first}\nfrom okng.cli.main import run\nrun()"
    command = [sys.executable, "-c", program, "serve", str(model), "--no-auth", "--port", "0",
               "--data", str(folder), "--rate-limit", "1000000/minute", *options]  # fmt: skip
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, text=True)
    try:
        yield Served(_port(process, folder / "serve.log"), process, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _port(process: subprocess.Popen[str], log: Path) -> int:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        match = re.search(r"http://[^\s:]+:(\d+)", log.read_text("utf-8"))
        if match and _ready(int(match[1])):
            return int(match[1])
        time.sleep(0.1)
    raise SystemExit(f"The station did not start:\n{log.read_text('utf-8')}")


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@dataclass
class Result:
    """What a load gave.

    Attributes:
        seconds: from the first request to the last answer.
        latencies: of the answers that are verdicts, in seconds.
        statuses: how often each status came; 0 is a connection that broke.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def verdicts_per_second(self) -> float:
        """Verdicts a second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """A quantile of the latency, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def to_json(self) -> str:
        """One line for a log."""
        return json.dumps(
            {
                "seconds": round(self.seconds, 1),
                "verdicts_per_second": round(self.verdicts_per_second, 1),
                "p50_ms": round(self.quantile(0.5), 1) if self.latencies else None,
                "p99_ms": round(self.quantile(0.99), 1) if self.latencies else None,
                "statuses": dict(sorted(self.statuses.items())),
            }
        )


class Target(NamedTuple):
    """Where photos go, and how.

    Attributes:
        path: of the request.
        field: name of the photo in a multipart form; None sends the bytes as they are.
    """

    path: str = "/api/v1/inspections"
    field: str | None = None

    def body(self, photo: bytes) -> bytes:
        """The body of a request."""
        if self.field is None:
            return photo
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{self.field}"; '
        kind = "image/jpeg" if photo[:2] == b"\xff\xd8" else "image/png"
        head += f'filename="part"\r\nContent-Type: {kind}\r\n\r\n'
        return head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()

    @property
    def content_type(self) -> str:
        """Of the body."""
        form = f"multipart/form-data; boundary={BOUNDARY}"
        return "application/octet-stream" if self.field is None else form


STATION = Target()
"""The API of the station, with the bytes of the photo as the body."""


class Start(NamedTuple):
    """A request that begins: its number, and since when it is waited for, in seconds."""

    number: int
    at: float


def closed_load(
    port: int,
    photos: Sequence[bytes],
    clients: int,
    *,
    seconds: float | None = None,
    target: Target = STATION,
) -> Result:
    """Each client sends its next photo when it has the answer to the one before.

    Args:
        port: of the station.
        photos: each is sent once; again and again where seconds are given.
        clients: connections.
        seconds: after which no request begins.
        target: where photos go.
    """
    turn = iter(range(len(photos) if seconds is None else 10**9))
    end = float("inf") if seconds is None else time.perf_counter() + seconds
    lock = threading.Lock()

    def next_start() -> Start | None:
        now = time.perf_counter()
        with lock:
            number = next(turn, None) if now < end else None
        return None if number is None else Start(number, now)

    return _run(port, photos, clients, next_start, target)


def open_load(
    port: int, photos: Sequence[bytes], per_second: float, seconds: float, clients: int
) -> Result:
    """Photos at fixed times, whatever the station does; a part on a line does not wait either.

    The latency counts from the planned time, so that a slow answer delays no measurement after it
    (coordinated omission).
    """
    turn = iter(range(int(per_second * seconds)))
    lock, begun = threading.Lock(), time.perf_counter()

    def next_start() -> Start | None:
        with lock:
            number = next(turn, None)
        if number is None:
            return None
        planned = begun + number / per_second
        time.sleep(max(0.0, planned - time.perf_counter()))
        return Start(number, planned)

    return _run(port, photos, clients, next_start, STATION)


def _run(
    port: int,
    photos: Sequence[bytes],
    clients: int,
    next_start: Callable[[], Start | None],
    target: Target,
) -> Result:
    result, lock = Result(), threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        while (start := next_start()) is not None:
            status = _send(connection, photos[start.number % len(photos)], target)
            took = time.perf_counter() - start.at
            with lock:
                result.statuses[status] += 1
                if status in {200, 201}:
                    result.latencies.append(took)
        connection.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - begun
    return result


def _send(connection: http.client.HTTPConnection, photo: bytes, target: Target) -> int:
    headers = {"Content-Type": target.content_type}
    try:
        connection.request("POST", target.path, target.body(photo), headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return 0
    return answer.status


def photos_of(folder: Path, most: int) -> list[Path]:
    """The first photos of a folder, in the order of their names."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:most]
    if not found:
        raise SystemExit(f"{folder} has no photos")
    return found
