"""Latency of the station: one photo at a time beside the bare engine, and at half its top load.

    python benchmarks/server/latency.py MODEL PHOTOS [--photos 200] [--seconds 30]

The time of a durable commit on this disk is printed beside it: it is part of every answer.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from load import closed_load, open_load, photos_of, station

from okng.inference import InspectionEngine

CLIENTS = 16


def main() -> None:
    """Print the latencies in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    photos = [path.read_bytes() for path in photos_of(asked.folder, asked.photos)]
    commit = _commit_ms()
    engine = _engine_ms(asked.model, photos)
    with tempfile.TemporaryDirectory() as folder, station(asked.model, Path(folder)) as served:
        closed_load(served.port, photos[:20], 1)
        alone = closed_load(served.port, photos, 1)
        top = closed_load(served.port, photos * 3, CLIENTS).verdicts_per_second
        half = open_load(served.port, photos, top / 2, asked.seconds, CLIENTS)
    one = alone.quantile(0.5)
    print(f"sync of a 4 kB write: {commit:.1f} ms; engine alone: {engine:.1f} ms")
    print(f"one photo at a time: {one:.1f} ms, {(one - commit) / engine:.2f} times the engine "
          "beyond one sync")  # fmt: skip
    p50, p99 = half.quantile(0.5), half.quantile(0.99)
    print(f"half of {top:.1f} photos/s for {asked.seconds:g} s, from the planned time on: "
          f"p50 {p50:.1f}, p99 {p99:.1f} ms, ratio {p99 / p50:.1f}")  # fmt: skip


def _engine_ms(model: Path, photos: list[bytes]) -> float:
    times = []
    with InspectionEngine(model) as engine:
        engine.warm_up()
        for photo in photos:
            begun = time.perf_counter()
            engine.inspect(photo)
            times.append(time.perf_counter() - begun)
    return 1000 * median(times)


def _commit_ms(times: int = 50) -> float:
    """The median time to write a page and to sync it."""
    taken = []
    with tempfile.NamedTemporaryFile(dir=Path.cwd()) as file:
        for _ in range(times):
            begun = time.perf_counter()
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return 1000 * median(taken)


if __name__ == "__main__":
    main()
