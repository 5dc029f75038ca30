"""Accuracy and cost of finished runs on their test photos, as chosen and at most so many overkills.

Usage: demo_splits.py RUN [RUN ...] [--max-overkill 0.1]

Each RUN is a run folder of `okng train` of any version, with an OK class. Printed per run are the
threshold, AUC, accuracy, and the cost at 1:1 (errors per photo) of the operating point of the run,
then the same of the threshold that its validation photos give for a limit of overkill. To compare
two commits on five splits of the demo's photos: `python demo/solar_cells.py PHOTOS`, then for each
commit and seed `okng train PHOTOS --seed N --out RUN` (five minutes each on two quiet cores).
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from okng import config
from okng.evaluation import Scores, choose_operating_point, validation_of
from okng.runs.layout import RunFolder


class Result(NamedTuple):
    """Figures of one threshold on the test photos; shares in [0, 1]."""

    threshold: float
    accuracy: float
    cost: float
    escape: float
    overkill: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--max-overkill", type=float, default=0.1)
    arguments = parser.parse_args()
    print(f"{'run':<24} {'AUC':>6}  {'as chosen: ' + ' '.join(Result._fields):<50}  limited")
    for folder in arguments.runs:
        metrics = json.loads(RunFolder(folder).metrics_file.read_text("utf-8"))
        scores = Scores.read(RunFolder(folder).scores, *_classes(metrics))
        test, validation = scores.select("test"), validation_of(scores.select("val"))
        own = metrics["operating_point"]["threshold"]
        policy = config.load(None, {"max_overkill": arguments.max_overkill}).operating_point
        limited = choose_operating_point(validation, policy).point.threshold
        auc = metrics["roc_auc"]["value"]
        print(f"{folder.name:<24} {auc:6.3f}  {_row(test, own):<50}  {_row(test, limited)}")


def _classes(metrics: dict[str, object]) -> tuple[tuple[str, ...], str | None]:
    names = tuple(metrics["classes"])  # type: ignore[arg-type]
    return names, names[0]


def _row(test: Scores, threshold: float) -> str:
    return " ".join(f"{value:8.3f}" for value in at(test, threshold))


def at(test: Scores, threshold: float) -> Result:
    """Figures of the test photos at a threshold."""
    called, bad = test.defect_scores >= threshold, test.is_defective
    escapes, overkills = bad & ~called, ~bad & called
    return Result(
        threshold,
        float(np.mean(called == bad)),
        float(np.mean(escapes | overkills)),
        float(escapes.sum() / bad.sum()),
        float(overkills.sum() / (~bad).sum()),
    )


if __name__ == "__main__":
    main()
