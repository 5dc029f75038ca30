"""Means over classes, with intervals: for models that know types and no good part."""

import numpy as np

from okng.evaluation.results import Rate
from okng.evaluation.statistics.bootstrap import FEWEST_PARTS, resampled_counts, resampled_rate
from okng.evaluation.statistics.intervals import (
    Bools,
    Floats,
    Groups,
    nothing,
    proportion,
)

Labels = Groups
_METHOD = "exact intervals of the classes joined (Zou-Donner)"


def macro_averages(truth: Labels, guess: Labels, groups: Groups, classes: int) -> dict[str, Rate]:
    """Macro precision, recall and F1 of class indices (N,).

    Recall and precision of each class are shares with exact intervals; their mean has these joined
    after Zou and Donner (2008), which holds for few parts and without any error. A class that is
    neither there nor called counts nowhere; F1 is drawn by a bootstrap over parts.
    """
    # classes that occur, in truth or as a verdict
    there = [k for k in range(classes) if np.any((truth == k) | (guess == k))]
    if not there:
        return dict.fromkeys(("precision", "recall", "f1"), nothing("no photo to count"))
    recalls = [_share(guess == k, truth == k, groups) for k in there]
    precisions = [_share(truth == k, guess == k, groups) for k in there]
    precision, recall = (joined_mean(rates, len(truth)) for rates in (precisions, recalls))
    return {
        "precision": precision,
        "recall": recall,
        "f1": _f1(truth, guess, groups, classes, flawless=recall),
    }


def joined_mean(rates: list[Rate], n: int) -> Rate:
    """The mean of shares of different photos, their intervals joined after Zou and Donner (2008).

    Args:
        rates: with values; one that has none, as nothing was counted, is 0 with nothing known.
        n: photos in all.
    """
    ends = [(r.value or 0.0, r.low or 0.0, 1.0 if r.high is None else r.high) for r in rates]
    value, low, high = np.array(ends, dtype=float).T
    middle = float(value.mean())
    # root of the sum of squares of the reaches, over the number of classes
    down, up = (float(np.hypot.reduce(side)) / len(rates) for side in (value - low, high - value))
    return Rate(value=middle, low=max(0.0, middle - down), high=min(1.0, middle + up), n=n,
                method=_METHOD)  # fmt: skip


def _share(hits: Bools, of: Bools, groups: Groups) -> Rate:
    return proportion(hits[of], groups[of])


def _f1(truth: Labels, guess: Labels, groups: Groups, classes: int, *, flawless: Rate) -> Rate:
    if np.array_equal(truth, guess):  # no draw would differ: the bound of an errorless test
        return flawless
    # (N, K²): which cell of the confusion matrix each photo is in
    cells = np.zeros((len(truth), classes * classes), dtype=bool)
    cells[np.arange(len(truth)), truth * classes + guess] = True
    value = float(macro_f1(cells.sum(axis=0).reshape(1, classes, classes).astype(float))[0])
    fewest = min(len(np.unique(groups[truth == k])) for k in np.unique(truth))
    drawn = np.zeros(0)
    if fewest >= FEWEST_PARTS:
        # (R, K²) -> (R, K, K)
        drawn = macro_f1(resampled_counts(cells, groups).reshape(-1, classes, classes))
    return resampled_rate(value, drawn, len(truth), fewest, remark="macro average, ")


def macro_f1(matrices: Floats) -> Floats:
    """Macro F1 (R,) of confusion matrices (R, K, K); an empty class counts nowhere."""
    hits = np.diagonal(matrices, axis1=1, axis2=2)
    both = matrices.sum(axis=1) + matrices.sum(axis=2)  # 2 TP + FP + FN
    ratios = np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0)
    return np.asarray(ratios.sum(axis=1) / np.maximum((both > 0).sum(axis=1), 1))
