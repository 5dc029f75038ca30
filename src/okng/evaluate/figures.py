"""The pictures of a report, drawn from the files of a run folder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from sklearn.metrics import precision_recall_curve, roc_curve

from okng.evaluate.scores import Scores
from okng.files import whole_file

# Okabe and Ito: told apart by colour-blind readers, and in grey print by lightness.
GOOD, BAD, LINE = "#0072B2", "#D55E00", "#333333"


def write_figures(run: Path) -> None:
    """Draw `figures/*.png` from `history.csv`, `scores.csv` and `metrics.json`."""
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    classes, ok_class = tuple(metrics["classes"]), metrics["ok_class"]
    test = Scores.read(run / "scores.csv", classes, ok_class).select(metrics["split"])
    folder = run / "figures"
    if (run / "history.csv").exists():
        _save(_curves(pd.read_csv(run / "history.csv")), folder / "curves.png")
    _save(_confusion(metrics), folder / "confusion_matrix.png")
    if ok_class is not None:
        _save(_histogram(test, metrics["threshold"]), folder / "scores.png")
        if 0 < test.is_defective.sum() < len(test):
            _save(_ranking(test, metrics), folder / "roc.png")


def _curves(history: pd.DataFrame) -> Figure:
    figure, (left, right) = _axes(2)
    best = int(np.argmin(history["val_loss"].to_numpy()))
    for axes, what in ((left, "loss"), (right, "accuracy")):
        axes.plot(
            history["epoch"], history[f"train_{what}"], color=GOOD, marker=".", label="training"
        )
        axes.plot(
            history["epoch"], history[f"val_{what}"], color=BAD, marker=".", label="validation"
        )
        axes.axvline(history["epoch"][best], color=LINE, lw=0.8, ls=":", label="kept")
        axes.set(xlabel="epoch", ylabel=what)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False)
    left.set_ylim(bottom=0)
    right.set_ylim(top=1.005)
    return figure


def _confusion(metrics: dict[str, Any]) -> Figure:
    cells, classes = np.array(metrics["confusion_matrix"]), metrics["classes"]
    side = max(3.4, 0.8 * len(classes) + 1.8)
    figure = Figure(figsize=(side + 0.6, side), layout="constrained")
    axes = figure.subplots()
    shares = cells / np.maximum(cells.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (i, j), count in np.ndenumerate(cells):
        colour = "white" if shares[i, j] > 0.55 else "black"
        text = f"{count}\n{shares[i, j]:.1%}"
        axes.text(j, i, text, ha="center", va="center", color=colour, fontsize=10)
    ticks = range(len(classes))
    axes.set_xticks(ticks, classes, rotation=30 if len(classes) > 2 else 0, ha="center")
    axes.set_yticks(ticks, classes)
    axes.set(xlabel="judged as", ylabel="in truth")
    return figure


def _histogram(scores: Scores, threshold: float) -> Figure:
    figure, (axes,) = _axes(1)
    bins = np.linspace(0, 1, 41).tolist()
    defective = scores.is_defective
    axes.hist(scores.defect_scores[~defective], bins, color=GOOD, alpha=0.75, label="good parts")
    axes.hist(scores.defect_scores[defective], bins, color=BAD, alpha=0.65, label="defective parts")
    axes.axvline(threshold, color=LINE, ls="--", label=f"threshold {threshold:.3f}")
    axes.set(xlabel="defect score", ylabel="photos", yscale="symlog")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def _ranking(scores: Scores, metrics: dict[str, Any]) -> Figure:
    truth, values = scores.is_defective, scores.defect_scores
    figure, (left, right) = _axes(2)
    overkill, caught, _ = roc_curve(truth, values)
    left.plot(overkill, caught, color=GOOD)
    left.plot([0, 1], [0, 1], color=LINE, lw=0.6, ls=":")
    left.plot(*_here(metrics, "overkill_rate", "recall"), "o", color=BAD, label="operating point")
    left.set(xlabel="overkill rate", ylabel="recall on defects", title="ROC")
    precision, recall, _ = precision_recall_curve(truth, values)
    right.plot(recall, precision, color=GOOD)
    right.plot(*_here(metrics, "recall", "precision"), "o", color=BAD, label="operating point")
    right.set(xlabel="recall on defects", ylabel="precision", title="Precision and recall")
    for axes in (left, right):
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        axes.legend(frameon=False, loc="lower right" if axes is left else "lower left")
    return figure


def _here(metrics: dict[str, Any], across: str, up: str) -> tuple[list[float], list[float]]:
    x, y = metrics[across]["value"], metrics[up]["value"]
    return ([], []) if x is None or y is None else ([x], [y])


def _axes(count: int) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(4.6 * count if count > 1 else 6.4, 3.2), layout="constrained")
    axes = [figure.add_subplot(1, count, number + 1) for number in range(count)]
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Figure, path: Path) -> None:
    FigureCanvasAgg(figure)
    with whole_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=130, facecolor="white")
