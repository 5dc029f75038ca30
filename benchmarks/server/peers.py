"""The station beside LitServe, BentoML and a plain FastAPI server, with one model file.

    uv venv /tmp/peers
    uv pip install -p /tmp/peers litserve bentoml fastapi uvicorn python-multipart onnxruntime \
        numpy pillow simplejpeg
    python benchmarks/server/peers.py MODEL PHOTOS --python /tmp/peers/bin/python

All run the same ONNX file with onnxruntime on all cores, one worker, batches of up to 8 photos
where they batch, and get photos as multipart forms from as many connections. Each is started alone,
in turn. Only the station stores anything; it runs with and without records. The peers' servers
stand in `peer_servers/`.
"""

import argparse
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from load import HOST, START_SECONDS, Target, closed_load, photos_of, station

HERE = Path(__file__).parent / "peer_servers"
CLIENTS = 16
FIELDS = {"plain": "photo", "LitServe": "request", "BentoML": "photos"}
PATHS = {"plain": "/judge", "LitServe": "/predict", "BentoML": "/judge"}


def main() -> None:
    """Print verdicts a second of each, by round, and the ratios of the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", type=Path, required=True)
    parser.add_argument("--photos", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    photos = [path.read_bytes() for path in photos_of(asked.folder, asked.photos)]
    rates: dict[str, list[float]] = {}
    for number in range(asked.rounds):
        for name, options in (("okng", ()), ("okng without records", ("--no-records",))):
            rates.setdefault(name, []).append(_okng(asked.model, photos, *options))
        for name, field in FIELDS.items():
            with _peer(name, asked.python, asked.model.resolve()) as port:
                target = Target(PATHS[name], field)
                closed_load(port, photos[:CLIENTS], CLIENTS, target=target)
                result = closed_load(port, photos, CLIENTS, target=target)
                rates.setdefault(name, []).append(result.verdicts_per_second)
        row = ", ".join(f"{name} {each[-1]:.1f}" for name, each in rates.items())
        print(f"round {number + 1}: {row} photos/s", flush=True)
    best = max(median(rates[name]) for name in FIELDS)
    for name, each in rates.items():
        print(f"{name}: {median(each):.1f} photos/s, {median(each) / best:.2f} of the best peer")


def _okng(model: Path, photos: list[bytes], *options: str) -> float:
    with tempfile.TemporaryDirectory() as folder, station(model, Path(folder), *options) as served:
        target = Target("/api/v1/inspections", "photo")
        closed_load(served.port, photos[:CLIENTS], CLIENTS, target=target)
        return closed_load(served.port, photos, CLIENTS, target=target).verdicts_per_second


@contextlib.contextmanager
def _peer(name: str, python: Path, model: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    commands = {
        "plain": [python, "plain.py", model],
        "LitServe": [python, "with_litserve.py", model],
        "BentoML": [python.parent / "bentoml", "serve", "with_bentoml:Inspector",
                    "--host", HOST, "--port", str(port)],
    }  # fmt: skip
    # No peer may send anything anywhere.
    quiet = {"PORT": str(port), "MODEL": str(model), "BENTOML_DO_NOT_TRACK": "True"}
    process = subprocess.Popen(
        commands[name], cwd=HERE, env=os.environ | quiet, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        _wait(name, process, port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # they start workers of their own
        process.wait()


def _wait(name: str, process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        connection.close()
        time.sleep(0.2)
    raise SystemExit(f"{name} did not start")


if __name__ == "__main__":
    main()
