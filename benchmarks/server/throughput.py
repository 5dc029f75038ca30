"""Verdicts a second: `okng predict`, the station with durable records, the station without.

    python benchmarks/server/throughput.py MODEL PHOTOS [--photos 600] [--rounds 3]

All in turn, on the same photos. `okng predict` is timed without its start (its time for all photos
less that for one). The load generator runs on the same cores as the station and counts against it.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from load import closed_load, photos_of, station

CLIENTS = 16
"""Connections: enough that a session never waits for a photo."""


def main() -> None:
    """Print one row per round, and the ratios of the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    paths = photos_of(asked.folder, asked.photos)
    rows = []
    for number in range(asked.rounds):
        row = (_predict(asked.model, paths), _serve(asked.model, paths),
               _serve(asked.model, paths, "--no-records"))  # fmt: skip
        rows.append(row)
        print(f"round {number + 1}: predict {row[0]:.1f}, station {row[1]:.1f}, "
              f"without records {row[2]:.1f} photos/s", flush=True)  # fmt: skip
    predict, durable, bare = (median(column) for column in zip(*rows, strict=True))
    shares = [row[1] / row[0] for row in rows]
    print(f"medians: {predict:.1f}, {durable:.1f}, {bare:.1f}; durable over predict "
          f"{median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f})")  # fmt: skip


def _predict(model: Path, paths: list[Path]) -> float:
    return (len(paths) - 1) / (_seconds(model, paths) - _seconds(model, paths[:1]))


def _seconds(model: Path, paths: list[Path]) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "okng", "predict", str(model), *map(str, paths), "--quiet",
         "--format", "jsonl"], check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    return time.perf_counter() - begun


def _serve(model: Path, paths: list[Path], *options: str) -> float:
    photos = [path.read_bytes() for path in paths]
    with tempfile.TemporaryDirectory() as folder, station(model, Path(folder), *options) as served:
        closed_load(served.port, photos[:CLIENTS], CLIENTS)  # warm-up
        return closed_load(served.port, photos, CLIENTS).verdicts_per_second


if __name__ == "__main__":
    main()
