"""Memory of the engine over a million verdicts: resident size after 10,000, and what is added.

    python benchmarks/inspector/million.py [--model MODEL] [--photos FOLDER] [--verdicts 1000000]

Photos are files that are repeated. Without a model a plain CNN of 32 pixels is exported, whose
verdicts take the least time, and 200 drawn parts are photographed. Batches and single photos take
turns, every tenth block with heatmaps.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import psutil

from okng.inference import InspectionEngine
from okng.testing import write_folder
from okng.testing.station.model_files import export_plain

BLOCK = 10_000


def main() -> None:
    """Print a line for each tenth, and the growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--verdicts", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        model = asked.model or export_plain(Path(scratch) / "inspector.onnx")
        photos = asked.photos or write_folder(
            Path(scratch) / "photos", good=100, defective=100, size=64
        )
        paths = sorted(path for path in photos.rglob("*") if path.is_file())
        with InspectionEngine(model) as engine:
            _judge(engine, paths, asked.verdicts)


def _judge(engine: InspectionEngine, paths: Sequence[Path], verdicts: int) -> None:
    process, begun = psutil.Process(), time.monotonic()
    first = highest = 0.0
    for number in range(verdicts // BLOCK):
        block = list(islice(cycle(paths), BLOCK))
        for _ in engine.inspect_all(block[: BLOCK // 2], heatmap=number % 10 == 0):
            pass
        for path in block[BLOCK // 2 :]:
            engine.inspect(path)
        size = process.memory_info().rss / 1e6
        first, highest = first or size, max(highest, size)
        if (number + 1) % (verdicts // BLOCK // 10 or 1) == 0:
            rate = (number + 1) * BLOCK / (time.monotonic() - begun)
            print(f"{(number + 1) * BLOCK:,}: {size:.1f} MB, {rate:.0f} verdicts/s", flush=True)
    print(
        f"after {BLOCK:,}: {first:.1f} MB; most {highest - first:+.1f} MB, end {size - first:+.1f}"
    )


if __name__ == "__main__":
    main()
