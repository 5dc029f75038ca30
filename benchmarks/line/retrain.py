"""Time to learn 20 reviewed photos on 5,000 old ones, and figures against training anew.

    python benchmarks/line/retrain.py train WORK [--old 5000]
    python benchmarks/line/retrain.py retrain WORK [--new 20]
    python benchmarks/line/retrain.py anew WORK

The photos are the castings of `../shared/data/casting_data`: 5,000 old ones, 20 reviewed ones of
the rest, and all others as a test that neither has seen. WORK is a folder outside of the project.
`train` makes the champion, `retrain` times `okng retrain` as a command, with its start, twice: the
first time computes the features of the test, the second does not. `anew` trains on old and new
photos as a whole, and compares both by the photos that were left over.
"""

import argparse
import csv
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from okng import Inspector

DATA = Path(__file__).parents[3] / "shared" / "data" / "casting_data"
_SEED = 0


def main() -> None:
    """Run one part of the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=("train", "retrain", "anew"))
    parser.add_argument("work", type=Path)
    parser.add_argument("--old", type=int, default=5000)
    parser.add_argument("--new", type=int, default=20)
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    old, new, rest = _shared(asked.data, asked.old, asked.new)
    if asked.part == "train":
        _timed("train", "train", _manifest(asked.work / "old.csv", old), "--out",
               asked.work / "champion")  # fmt: skip
    elif asked.part == "retrain":
        manifest = _manifest(asked.work / "new.csv", new)
        for number in (1, 2):
            out = asked.work / f"challenger-{time.time_ns()}"
            _timed(f"retrain, time {number}", "retrain", asked.work / "champion", "--reviewed",
                   manifest, "--out", out, "--quiet")  # fmt: skip
            _figures(f"challenger {number}", out, rest)
        _figures("champion", asked.work / "champion", rest)
    else:
        manifest = _manifest(asked.work / "all.csv", [*old, *new])
        _timed("anew", "train", manifest, "--out", asked.work / "anew")
        _figures("anew", asked.work / "anew", rest)


def _shared(data: Path, old: int, new: int) -> tuple[list[Path], list[Path], list[Path]]:
    """Old photos, new ones, and the rest, drawn at random."""
    photos = sorted(data.glob("*/*/*.jpeg"))
    random.Random(_SEED).shuffle(photos)  # noqa: S311 - a benchmark
    return photos[:old], photos[old : old + new], photos[old + new :]


def _manifest(path: Path, photos: list[Path]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label"))
        writer.writerows((photo.resolve(), photo.parent.name) for photo in photos)
    return path


def _timed(name: str, *words: object) -> None:
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "okng", *map(str, words)], check=False)
    print(f"{name}: {time.monotonic() - begun:.1f} s, exit code {done.returncode}", flush=True)


def _figures(name: str, run: Path, photos: list[Path]) -> None:
    """Figures on photos that were left over; castings repeat, so these are no proof."""
    inspector = Inspector(run)
    truth = np.array([photo.parent.name != inspector.metadata.ok_class for photo in photos])
    verdicts = list(inspector.judge(photos))
    scores = np.array([verdict.defect_score for verdict in verdicts])
    called = scores >= inspector.threshold
    print(f"{name}: {len(photos)} photos, log-loss {log_loss(truth, scores.clip(1e-6, 1)):.4f}, "
          f"AUC {roc_auc_score(truth, scores):.5f}, escapes {int((truth & ~called).sum())}, "
          f"overkill {int((~truth & called).sum())}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
