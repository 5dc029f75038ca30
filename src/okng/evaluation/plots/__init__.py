"""The pictures of a report, drawn from the files of a run folder.

A figure whose values are not there is not drawn, and one of an older run is removed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from okng.config import report_language
from okng.evaluation.plots.drawing import save
from okng.evaluation.plots.thresholds import review, thresholds
from okng.evaluation.plots.training import curves
from okng.evaluation.plots.trust import heatmap_check, reliability, robustness
from okng.evaluation.plots.verdicts import confusion, histogram, ranking
from okng.evaluation.scores import Scores
from okng.runs.layout import RunFolder
from okng.wording import language

__all__ = ["write_figures"]


def write_figures(run: Path) -> None:
    """Draw `figures/*.png` from `metrics.json`, and, where there are, the scores and the history.

    Their texts are in the language of the report.

    Names: confusion_matrix, scores, roc, thresholds, review, reliability, robustness,
    heatmap_check, curves (of the training).
    """
    files = RunFolder(run)
    metrics, folder = files.metrics, files.figures
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with language(report_language(_asked(metrics))):
        for name, figure in (
            *_of_scores(files, metrics),
            *_of_metrics(metrics),
            *_of_history(files),
        ):
            save(figure, folder / f"{name}.png")


def _asked(metrics: dict[str, Any]) -> str | None:
    """The language in the settings of the report; older files lack it."""
    settings = metrics.get("settings") or {}
    report = metrics.get("report") or settings.get("report") or {}
    asked: str | None = report.get("language")
    return asked


def _of_scores(run: RunFolder, metrics: dict[str, Any]) -> Iterator[tuple[str, Figure]]:
    classes, ok_class = tuple(metrics["classes"]), metrics["ok_class"]
    if ok_class is None or not run.scores.exists():
        return
    scores = Scores.read(run.scores, classes, ok_class).select(metrics["split"])
    if len(scores):
        yield "scores", histogram(scores, metrics["threshold"])
    if 0 < scores.is_defective.sum() < len(scores):
        yield "roc", ranking(scores, metrics)


def _of_metrics(metrics: dict[str, Any]) -> Iterator[tuple[str, Figure]]:
    yield "confusion_matrix", confusion(metrics)
    curves = metrics.get("curves") or {}
    if "test" in curves or "validation" in curves:
        yield "thresholds", thresholds(curves, metrics["threshold"])
    if curves.get("review", {}).get("review_rate"):
        yield "review", review(curves["review"])
    if metrics.get("reliability", {}).get("bins"):
        yield "reliability", reliability(metrics["reliability"])
    if metrics.get("robustness", {}).get("kinds"):
        yield "robustness", robustness(metrics["robustness"])
    if metrics.get("heatmap_check", {}).get("curves"):
        yield "heatmap_check", heatmap_check(metrics["heatmap_check"]["curves"])


def _of_history(run: RunFolder) -> Iterator[tuple[str, Figure]]:
    """Nothing where there was but one step: a curve of one point says nothing."""
    if run.history.exists():
        history = pd.read_csv(run.history)
        if len(history) > 1:
            yield "curves", curves(history)
