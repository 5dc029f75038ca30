"""What training measured and what the model file gives: the last check before it is published."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from okng.config import ResolvedSettings
from okng.dataset import Dataset
from okng.evaluation import Scores
from okng.evaluation.results.provenance import AccuracyCompared, TrainingAgreement
from okng.export import Agreement, InspectionGraph, check_agreement, disagreement
from okng.runs.layout import RunFolder
from okng.steps.decode import Samples
from okng.training import load_out_of_fold
from okng.verdict import OperatingPoint, Verdict

_SHARE, _PHOTOS = 0.03, 2.5
"""Accuracies may differ by 3 % or by two photos: epochs compute in bfloat16 on some machines."""


class Measured(NamedTuple):
    """An accuracy of `history.csv` beside that of the model file, on one split.

    Attributes:
        split: train or val.
        by_training: share of photos whose likeliest class was right.
        by_file: the same by the model file, before its calibration.
    """

    split: str
    by_training: float
    by_file: float


class Agreed(NamedTuple):
    """What `metrics.json` has under `export.training`.

    Attributes:
        pixels: the network on the pixels of training against the file, on validation photos.
        history: accuracies of `history.csv` against those of the file, where these compare.
    """

    pixels: Agreement
    history: tuple[Measured, ...]

    def result(self) -> TrainingAgreement:
        """As `metrics.json` holds it."""
        return TrainingAgreement(
            **self.pixels._asdict(),
            history=tuple(AccuracyCompared(**compared._asdict()) for compared in self.history),
        )


def check_training(
    dataset: Dataset,
    graph: InspectionGraph,
    samples: Samples,
    verdicts: list[Verdict],
    raw: Scores,
    point: OperatingPoint,
    run: RunFolder,
    settings: ResolvedSettings,
) -> Agreed:
    """Compare training and model file on photos that training had.

    Args:
        dataset: all photos with their splits.
        graph: the network in torch, with the calibration of the file.
        samples: the photos as training saw them.
        verdicts: those of the model file on all photos, in the order of the data set.
        raw: its uncalibrated scores, in the same order.
        point: the operating point of the file.
        run: the run folder, with `history.csv`.
        settings: resolved.

    Raises:
        TrainingError: they disagree; with the figures of both.
    """
    validated = [
        verdict
        for photo, verdict in zip(dataset.photos, verdicts, strict=True)
        if photo.split == "val"
    ]
    pixels = check_agreement(graph, samples["val"], validated, point)
    history = tuple(
        _compared(split, accuracy, raw) for split, accuracy in comparable(run, settings).items()
    )
    return Agreed(pixels, history)


def comparable(run: RunFolder, settings: ResolvedSettings) -> dict[str, float]:
    """Accuracies by split in `history.csv` that are those of the very network in the model file.

    Out of fold others judged, each on its own fold; photos to learn from are varied in epochs; and
    after epochs the classifier may have been refitted, in folds or on several orientations.
    """
    path = run.history
    folded = load_out_of_fold(run.folder) is not None
    # not the network whose figures stand in history.csv
    fitted_again = bool(settings.training.epochs) and (folded or len(settings.orientations) > 1)
    if fitted_again or not path.exists():
        return {}
    rows = [row for row in _rows(path) if not math.isnan(row["val_loss"])]
    if not rows:
        return {}
    best = min(rows, key=lambda row: row["val_loss"])
    # epoch 0 is the probe, on photos as they are; in later epochs they are augmented
    wanted = {"train": best["epoch"] == 0, "val": not folded}
    return {split: best[f"{split}_accuracy"] for split in wanted if wanted[split]}


def _rows(path: Path) -> Iterator[dict[str, float]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: float(value) if value else math.nan for name, value in row.items()}


def _compared(split: str, by_training: float, raw: Scores) -> Measured:
    rows = raw.select(split)
    by_file = float((rows.probabilities.argmax(1) == rows.labels).mean())
    # small splits: two and a half photos, by rounding
    if abs(by_training - by_file) > max(_SHARE, _PHOTOS / len(rows.labels)):
        raise disagreement(
            "the first is the figure of history.csv", by_training, by_file,
            f"the {len(rows.labels)} photos of the split {split}",
        )  # fmt: skip
    return Measured(split, by_training, by_file)
