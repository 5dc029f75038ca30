"""Two workers of Ray on two cores against one process of `okng predict`, in turn in one run.

    python benchmarks/inspector/ray_workers.py MODEL PHOTOS [--photos 6000] [--rounds 3]

Both judge the same photos by the same command line; links give each photo as many names as it
takes. The rate is taken from the rows themselves: photos over the time from the receipt of the
first photo to the verdict of the last one, without the start of processes and of the cluster; the
whole command is given beside it. The photos are read once before, so that both find them in the
cache of the file system.
"""

import argparse
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pyarrow.parquet as pq

OKNG = [sys.executable, "-c", "from okng.cli.main import run; run()", "predict"]


class Timed(NamedTuple):
    """One job.

    Attributes:
        rate: photos a second, by its rows.
        seconds: of the whole command.
        cpu: seconds of the processor, of all its processes.
        rows: the verdicts.
    """

    rate: float
    seconds: float
    cpu: float
    rows: list[dict[str, Any]]


def single(model: str, photos: str, out: Path) -> Timed:
    """One process with all cores."""
    target = out / "single.jsonl"
    seconds, cpu = _run([*OKNG, model, photos, "--output", str(target), "--quiet"])
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    return Timed(len(rows) / _span(rows), seconds, cpu, rows)


def ray(model: str, photos: str, out: Path, workers: int) -> Timed:
    """A cluster on this machine, one thread a worker."""
    target = out / f"ray-{time.monotonic_ns()}"
    seconds, cpu = _run([*OKNG, model, photos, "--output", str(target), "--quiet",
                         "--engine", "ray", "--workers", str(workers)])  # fmt: skip
    rows = pq.read_table(target / "verdicts").to_pylist()
    return Timed(len(rows) / _span(rows), seconds, cpu, rows)


def _run(command: Sequence[str]) -> tuple[float, float]:
    """Seconds on the wall and of the processor.

    Those of Ray's processes are read while they live: nobody waits for them at their end.
    """
    start, used = time.perf_counter(), dict[int, float]()
    with tempfile.TemporaryFile("w+") as words:
        process = subprocess.Popen(command, stdout=words, stderr=words)
        root = psutil.Process(process.pid)
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                for each in (root, *root.children(recursive=True)):
                    with contextlib.suppress(psutil.Error):
                        times = each.cpu_times()
                        used[each.pid] = times.user + times.system
            time.sleep(0.2)
        if process.returncode:
            words.seek(0)
            sys.exit(words.read()[-2000:])
    return time.perf_counter() - start, sum(used.values())


def _span(rows: Sequence[dict[str, Any]]) -> float:
    """Seconds from the first receipt to the last verdict."""
    received = [datetime.fromisoformat(row["time"]).timestamp() for row in rows]
    ended = [at + row["latency_ms"] / 1000 for at, row in zip(received, rows, strict=True)]
    return max(ended) - min(received)


def differing(one: Timed, other: Timed) -> int:
    """Photos whose verdict or score differs."""
    first, second = ({row["path"]: (row["verdict"], row["defect_score"]) for row in side.rows}
                     for side in (one, other))  # fmt: skip
    return sum(first[path] != second[path] for path in first)


def linked(source: Path, folder: Path, count: int) -> None:
    """As many names as asked for, all photos equally often."""
    files = sorted(path for path in source.rglob("*") if path.suffix in {".jpeg", ".jpg", ".png"})
    for file in files:
        file.read_bytes()
    for number, file in enumerate(itertools.islice(itertools.cycle(files), count)):
        (folder / f"{number:06}{file.suffix}").symlink_to(file.resolve())


def main() -> None:
    """Print one line a round, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("source", type=Path)
    parser.add_argument("--photos", type=int, default=6000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    os.environ.pop("OMP_NUM_THREADS", None)
    ratios, walls = [], []
    with tempfile.TemporaryDirectory() as folder:
        photos, out = Path(folder, "photos"), Path(folder, "out")
        photos.mkdir()
        out.mkdir()
        linked(args.source, photos, args.photos)
        for _ in range(args.rounds):
            one = single(args.model, str(photos), out)
            many = ray(args.model, str(photos), out, args.workers)
            ratios.append(many.rate / one.rate)
            walls.append(one.seconds / many.seconds)
            print(f"single {one.rate:.1f} photos/s, {one.seconds:.1f} s, CPU {one.cpu:.1f} s; "
                  f"ray {many.rate:.1f}, {many.seconds:.1f} s, CPU {many.cpu:.1f} s; "
                  f"ratio {ratios[-1]:.2f} ({walls[-1]:.2f} with the start); verdicts or scores "
                  f"that differ {differing(one, many)}; load {os.getloadavg()[0]:.1f}",
                  flush=True)  # fmt: skip
    print(f"median ratio {statistics.median(ratios):.3f}, with the start "
          f"{statistics.median(walls):.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
