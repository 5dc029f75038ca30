"""CPU time of a verdict on one thread without decoding: resize, network with both views, decision.

    python benchmarks/inspector/verdict_cpu.py PHOTOS MODEL... [--before CHECKOUT MODEL]

Each MODEL is timed by this code, and the one of `--before` by the code of CHECKOUT, a working tree
of an older commit. Every round runs all of them in turn, each in a process of its own on photos
that it has decoded; the fastest tenth of its verdicts counts, so that a busy machine matters less.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

ONE = """
import sys, time
import numpy as np
from okng import Inspector, preprocess
inspector = Inspector(sys.argv[1], threads=1)
photos = [preprocess.read(path) for path in sys.argv[2:]]
times = []
for photo in photos * 4:
    begun = time.process_time()
    inspector(photo)
    times.append(time.process_time() - begun)
print(1000 * np.quantile(times[len(photos):], 0.1))
"""


def main() -> None:
    """Print ms of each, and the ratio of the first to the others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--before", type=Path, nargs=2)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    found = sorted(path for path in asked.photos.rglob("*") if path.is_file())[:60]
    here = Path(__file__).parents[2]
    trials = {str(model): (here, model) for model in asked.models}
    if asked.before:
        trials = {"before": tuple(asked.before)} | trials
    rounds: dict[str, list[float]] = {name: [] for name in trials}
    for _ in range(asked.rounds):
        for name, (code, model) in trials.items():
            rounds[name].append(_milliseconds(code, model, found))
    first = next(iter(rounds.values()))
    for name, times in rounds.items():
        ratio = median(a / b for a, b in zip(first, times, strict=True))
        each = ", ".join(f"{value:.1f}" for value in times)
        print(f"{name:32s} {each} ms; {ratio:.2f} times as fast as the first")


def _milliseconds(code: Path, model: Path, photos: list[Path]) -> float:
    environment = os.environ | {"PYTHONPATH": str(code / "src")}
    command = [sys.executable, "-c", ONE, str(model), *map(str, photos)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout)


if __name__ == "__main__":
    main()
