"""Recall of planted copies, and precision of the pairs that `okng audit` reports.

    python benchmarks/audit/planted.py [generated|castings] [--seed N]

900 photos and changed copies of 100 of them (`bench.changed`: all changes at once). Generated
photos: one design, each a part of its own, so that the truth of every pair is known. Castings: the
512 set has copies of its own, so pairs across classes are counted, and 100 accepted pairs are drawn
into a sheet to be counted by eye, `/tmp/okng-bench/sheet-castings-<seed>-*.jpg`: never in the
repository. Two minutes. Expected: recall at least 0.95, precision at least 0.98.
"""

import argparse

import cv2
import numpy as np
from bench import WORK, Run, audit, castings, generated, load, plant, save, score, told

_PAIRS, _PER_SHEET, _SIDE = 100, 20, 220


def measure(kind: str, seed: int) -> None:
    """Plant, audit, score, print."""
    originals = (castings if kind == "castings" else generated)(900, seed=seed)
    folder = WORK / f"planted-{kind}"
    photos = plant(originals, folder, copies=100, seed=seed)
    run = audit(photos, name=kind, seed=seed)
    print(f"{kind}, seed {seed}: {told(score(run, folder))}")
    print(f"  {run.findings['summary']['search']}")
    print(f"  {run.speed()}", flush=True)
    if kind == "castings":
        sheets(run, seed)


def sheets(run: Run, seed: int) -> None:
    """Draw accepted pairs side by side, numbered, 20 to a picture."""
    pairs = run.findings["near_duplicates"]
    drawn = np.random.default_rng(seed).permutation(len(pairs))[:_PAIRS]
    for begin in range(0, len(drawn), _PER_SHEET):
        cells = []
        for place, number in enumerate(drawn[begin : begin + _PER_SHEET], begin):
            photos = [load(WORK / "planted-castings/photos" / pairs[number][end]) for end in "ab"]
            cell = np.hstack([cv2.resize(photo, (_SIDE, _SIDE)) for photo in photos])
            cv2.putText(cell, str(place), (4, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 0, 0), 2)
            cells.append(cv2.copyMakeBorder(cell, 3, 3, 3, 3, cv2.BORDER_CONSTANT))
        cells += [np.zeros_like(cells[0])] * (-len(cells) % 4)
        sheet = np.vstack([np.hstack(cells[i : i + 4]) for i in range(0, len(cells), 4)])
        save(WORK / f"sheet-castings-{seed}-{begin:03d}.jpg", sheet, 88)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["generated", "castings"])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for asked in arguments.kinds:
        measure(asked, arguments.seed)
