"""The contract of SageMaker's real-time hosting, on okng as the platform starts it.

    python benchmarks/cloud/sagemaker_contract.py MODEL PHOTOS [--port 8080] [--invocations 1000]

The model is packed as `model.tar.gz`, unpacked, and `okng serve serve` is started on it. Each check
is printed with what was seen; the last line is the number of failures. Platform, load balancer and
network of AWS are not there: see docs/how-to/judge-in-aws.md.
"""

import argparse
import base64
import json
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from okng.inference import InspectionEngine
from okng.modelfile.archives import unpacked
from okng.testing.cloud.container import GRACE_S, Container, Reply, sagemaker_container

PING_S = 2.0
LIMIT = 6_291_456
CLIENTS = 4
SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})


class Checks:
    """Counts what failed."""

    def __init__(self) -> None:
        self.failures = 0

    def __call__(self, name: str, *, good: bool, seen: object) -> None:
        """Print one check."""
        self.failures += not good
        print(f"{'ok    ' if good else 'FAILED'} {name}: {seen}", flush=True)


def main() -> None:
    """Run all checks; the exit code is 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--invocations", type=int, default=1000)
    asked = parser.parse_args()
    paths = sorted(path for path in asked.photos.rglob("*") if path.suffix.lower() in SUFFIXES)
    photos = [path.read_bytes() for path in paths[:100]]
    check = Checks()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        model = _hosted(asked.model, folder)
        with sagemaker_container(model.parent, folder, asked.port) as container:
            check("first ping after start", good=container.started < 240,
                  seen=f"{container.started:.2f} s")  # fmt: skip
            _invocations(container, model, photos, asked.invocations, check)
            _bad_input(container, photos[0], check)
            _batch(container, photos[0], check)
            _end_under_load(container, photos, check)
    print(f"{check.failures} failures")
    sys.exit(1 if check.failures else 0)


def _hosted(model: Path, folder: Path) -> Path:
    """Pack and unpack the model, as it comes to `/opt/ml/model`."""
    archive = folder / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(model, "inspector.onnx")
    return unpacked(archive, folder / "model")


def _invoke(container: Container, photo: bytes, **more: str) -> Reply:
    return container.ask("/invocations", photo, {"Content-Type": "image/jpeg", **more})


def _invocations(
    container: Container, model: Path, photos: Sequence[bytes], count: int, check: Checks
) -> None:
    """Verdicts, one client after the other and four at once; pings meanwhile."""
    with InspectionEngine(model) as engine:
        scores = [engine.inspect(photo).verdict.defect_score for photo in photos]
    differing, statuses, seconds = 0, Counter[int](), []
    for photo, score in islice(cycle(zip(photos, scores, strict=True)), count // 2):
        reply = _invoke(container, photo)
        statuses[reply.status] += 1
        seconds.append(reply.seconds)
        found = json.loads(reply.body).get("defect_score")
        differing += found is None or abs(found - score) > 1e-9
    with _pinged(container) as pings:
        together = _at_once(container, photos, count - count // 2)
    statuses.update(reply.status for reply in together)
    check(f"{count} invocations answer 200", good=statuses == {200: count}, seen=dict(statuses))
    check("scores are those of the engine", good=differing == 0, seen=f"{differing} differ")
    print(f"       one client: p50 {1000 * median(seconds):.1f} ms")
    worst = max((ping.seconds for ping in pings), default=9.0)
    bad = sum(ping.status != 200 or ping.body != b"" for ping in pings)
    check(f"{len(pings)} pings under load: 200, empty, within {PING_S:g} s",
          good=worst < PING_S and bad == 0 and len(pings) > 0,
          seen=f"{bad} bad, slowest {worst:.3f} s")  # fmt: skip


@contextmanager
def _pinged(container: Container) -> Iterator[list[Reply]]:
    """Pings, several a second, until the block ends."""
    pings: list[Reply] = []
    ended = threading.Event()

    def ping() -> None:
        while not ended.wait(0.1):
            pings.append(container.ask("/ping"))

    thread = threading.Thread(target=ping)
    thread.start()
    try:
        yield pings
    finally:
        ended.set()
        thread.join()


def _at_once(
    container: Container,
    photos: Sequence[bytes],
    count: int,
    until: Callable[[], bool] = lambda: False,
) -> list[Reply]:
    """Invocations of several clients, until so many are answered or the fact holds."""
    replies: list[Reply] = []
    work, lock = iter(islice(cycle(photos), count)), threading.Lock()

    def client() -> None:
        while not until():
            with lock:
                photo = next(work, None)
            if photo is None:
                return
            reply = _invoke(container, photo)
            replies.append(reply)
            if reply.status == 0:  # nobody listens: do not take the processor from what ends
                time.sleep(0.1)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def _bad_input(container: Container, photo: bytes, check: Checks) -> None:
    """Each gets its status and a problem that names what is allowed."""
    padded = photo + bytes(LIMIT - len(photo))
    cases: list[tuple[str, int, bytes, str]] = [
        (f"body of {LIMIT:,} bytes is judged", 200, padded, "image/jpeg"),
        ("one byte more is refused", 413, padded + b"\0", "image/jpeg"),
        ("wrong content type", 415, photo, "text/csv"),
        ("empty body", 400, b"", "image/jpeg"),
        ("base64 where raw is due", 415, base64.b64encode(photo), "image/jpeg"),
        ("no photo", 422, b"no photo at all", "image/jpeg"),
        ("JSON that is no request", 400, b'{"instances": [1]}', "application/json"),
    ]  # fmt: skip
    for name, status, body, kind in cases:
        reply = container.ask("/invocations", body, {"Content-Type": kind})
        named = "" if reply.status == 200 else f" {_detail(reply)}"
        limit_told = status != 413 or f"{LIMIT:,} bytes" in reply.body.decode()
        check(name, good=reply.status == status and limit_told, seen=f"{reply.status}{named}")
    reply = _invoke(container, photo)
    check("and the next photo is judged", good=reply.status == 200, seen=reply.status)


def _detail(reply: Reply) -> str:
    document = json.loads(reply.body)
    detail = document.get("detail") or document.get("error", "").splitlines()[0]
    return f"{detail} (allowed: {document.get('allowed')})" if "allowed" in document else detail


def _batch(container: Container, photo: bytes, check: Checks) -> None:
    """What a batch transform asks beside."""
    parameters = container.ask("/execution-parameters")
    check("execution parameters", good=parameters.status == 200, seen=parameters.body.decode())
    lines = _invoke(container, photo, Accept="application/jsonlines")
    check("a line of JSON, where that is accepted",
          good=lines.kind == "application/jsonlines" and lines.body.endswith(b"}\n"),
          seen=lines.kind)  # fmt: skip
    other = _invoke(container, photo, Accept="application/x-recordio-protobuf")
    check("another form is refused", good=other.status == 406, seen=other.status)


def _end_under_load(container: Container, photos: Sequence[bytes], check: Checks) -> None:
    """SIGTERM while four clients ask: what was accepted is answered, and the rest is refused."""
    ended, replies = threading.Event(), []

    def load() -> None:
        replies.extend(_at_once(container, photos, 1_000_000, ended.is_set))

    thread = threading.Thread(target=load)
    thread.start()
    time.sleep(2)
    code, seconds = container.end()
    ended.set()
    thread.join()
    statuses = Counter(reply.status for reply in replies)
    # 0: after the end nobody listens; 503: the station is stopping
    check("SIGTERM under load: no answer is lost", good=set(statuses) <= {200, 503, 0},
          seen=dict(statuses))  # fmt: skip
    check(
        f"it ends by itself within {GRACE_S:g} s", good=code == 0, seen=f"{code}, {seconds:.2f} s"
    )


if __name__ == "__main__":
    main()
