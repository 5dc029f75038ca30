"""Verdicts and scores: confusion matrix, histogram, ROC, precision over recall."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter
from sklearn.metrics import precision_recall_curve, roc_curve

from okng.evaluation.plots.drawing import (
    BAD,
    GOOD,
    LINE,
    axes,
)
from okng.evaluation.scores import Scores
from okng.verdict import reaches_threshold
from okng.wording import mark, number, translated


def confusion(metrics: dict[str, Any]) -> Figure:
    """Counts, and shares of what is true."""
    cells, classes = np.array(metrics["confusion_matrix"]), metrics["classes"]
    side = max(3.4, 0.8 * len(classes) + 1.8)
    figure = Figure(figsize=(side + 0.6, side), layout="constrained")
    place = figure.subplots()
    shares = cells / np.maximum(cells.sum(axis=1, keepdims=True), 1)
    place.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (i, j), count in np.ndenumerate(cells):
        colour = "white" if shares[i, j] > 0.55 else "black"
        text = f"{number(count, ',')}\n{number(100 * shares[i, j], '.1f')} %"
        place.text(j, i, text, ha="center", va="center", color=colour, fontsize=10)
    ticks = range(len(classes))
    names = [_plain(name) for name in classes]
    place.set_xticks(ticks, names, rotation=30 if len(classes) > 2 else 0, ha="center")
    place.set_yticks(ticks, names)
    place.set(xlabel=translated("judged as"), ylabel=translated("in truth"))
    return figure


def histogram(scores: Scores, threshold: float) -> Figure:
    """Defect scores of good parts, and of defective ones below, on one scale.

    What is wrong is pale: good parts at or above the threshold, defective ones below it.
    """
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    places = figure.subplots(2, 1, sharex=True)
    bins = np.unique(np.r_[np.linspace(0, 1, 41), threshold])  # no bar on both sides of it
    kinds = (
        (mark("good parts"), ~scores.is_defective, GOOD, mark("overkill")),
        (mark("defective parts"), scores.is_defective, BAD, mark("escapes")),
    )
    for place, (name, kind, colour, wrong) in zip(places, kinds, strict=True):
        values = scores.defect_scores[kind]
        called = reaches_threshold(values, threshold)
        missed = called if wrong == "overkill" else ~called
        right = translated("judged correctly")
        place.hist(values[~missed], bins.tolist(), color=colour, label=right)
        place.hist(values[missed], bins.tolist(), color=colour, alpha=0.4, label=translated(wrong))
        label = f"{translated('threshold')}\n{number(threshold, '.3f')}"
        place.axvline(threshold, color=LINE, ls="--", lw=1, label=label)
        place.set(ylabel=translated("photos"), yscale="symlog")
        place.set_title(translated(name), loc="left", fontsize=10)
        place.set_ylim(bottom=0)
        place.yaxis.set_major_formatter(ScalarFormatter())
        place.spines[["top", "right"]].set_visible(False)
        place.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    places[1].set_xlabel(translated("defect score"))
    return figure


def ranking(scores: Scores, metrics: dict[str, Any]) -> Figure:
    """ROC curve, and precision over recall."""
    truth, values = scores.is_defective, scores.defect_scores
    figure, (left, right) = axes(2)
    overkill, caught, _ = roc_curve(truth, values)
    left.plot(overkill, caught, color=GOOD)
    left.plot([0, 1], [0, 1], color=LINE, lw=0.6, ls=":")
    point, caught_words = translated("operating point"), translated("recall on defects")
    left.plot(*_here(metrics, "overkill_rate", "recall"), "o", color=BAD, label=point)
    left.set(xlabel=translated("overkill rate"), ylabel=caught_words, title="ROC")
    precision, recall, _ = precision_recall_curve(truth, values)
    right.plot(recall, precision, color=GOOD)
    right.plot(*_here(metrics, "recall", "precision"), "o", color=BAD, label=point)
    right.set(xlabel=caught_words, ylabel=translated("precision"),
              title=translated("Precision and recall"))  # fmt: skip
    for place in (left, right):
        place.set_xlim(-0.02, 1.02)
        place.set_ylim(-0.02, 1.02)
        place.legend(frameon=False, loc="lower right" if place is left else "lower left")
    return figure


def _here(metrics: dict[str, Any], across: str, up: str) -> tuple[list[float], list[float]]:
    x, y = metrics[across]["value"], metrics[up]["value"]
    return ([], []) if x is None or y is None else ([x], [y])


def _plain(name: str) -> str:
    """A class name as text: matplotlib would read formulas between dollar signs."""
    return name.replace("$", r"\$")
