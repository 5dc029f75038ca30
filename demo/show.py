"""Judges a handful of test photos with the model file of a run, and shows what came of the run.

Usage: show.py RUN PHOTOS
"""

import csv
import random
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from okng import Inspector
from okng.runs.layout import RunFolder

PER_CLASS = 8
FIGURES = {
    "recall": "defective cells caught: the figure to compare, at so many good cells rejected",
    "overkill_rate": "good cells rejected; the threshold was to reject at most 10 % of them",
    "accuracy": "cells judged as labelled, in this mix of good and defective ones",
    "roc_auc": "a defective cell scores higher than a good one, whatever the threshold",
}
"""What a visitor reads first, and what it means on these photos."""
HARD = (
    "Why not more: the labels are what experts see, not measured power. Of 2,624 cells they were "
    "unsure of 401, of which 106 count as defective here and 295 as good."
)

STATION = "(a station with pages, on this machine only; needs okng[serve])"


def draw(run: RunFolder, seed: int = 1) -> list[dict[str, str]]:
    """A few test photos of each class, from the manifest of the run."""
    with run.manifest.open(encoding="utf-8", newline="") as file:
        test = [row for row in csv.DictReader(file) if row["split"] == "test"]
    rng = random.Random(seed)  # noqa: S311 - a draw, not a secret
    labels = sorted({row["label"] for row in test}, reverse=True)
    return [
        row
        for label in labels
        for row in rng.sample([r for r in test if r["label"] == label], PER_CLASS)
    ]


def figure(name: str, rate: dict[str, Any], meaning: str) -> str:
    """A rate in [0, 1] with its 95 % interval, and what it means, as one line."""
    span = f"[{rate['low']:.3f}, {rate['high']:.3f}]"
    return f"{name.replace('_', ' '):<14} {rate['value']:.3f}  95 % {span}  {meaning}"


def main() -> None:
    """Run the script."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    run, photos = RunFolder(sys.argv[1]), Path(sys.argv[2])
    console = Console(highlight=False)
    rows = draw(run)
    verdicts = Inspector(run.model_file)([photos / row["path"] for row in rows])
    table = Table("photo", "in truth", "verdict", "defect score", title="Judged by the model file")
    for row, verdict in zip(rows, verdicts, strict=True):
        table.add_row(row["path"], row["label"], verdict.verdict, f"{verdict.defect_score:.3f}")
    console.print(table)
    for name, meaning in FIGURES.items():
        console.print(figure(name, run.metrics[name], meaning), markup=False, soft_wrap=True)
    console.print(HARD, soft_wrap=True)
    console.print(f"report         {run.report}\nmodel file     {run.model_file}", soft_wrap=True)
    console.print(
        f"next           okng serve {run.model_file} --no-auth  {STATION}",
        markup=False,
        soft_wrap=True,
    )


if __name__ == "__main__":
    main()
