"""Figures of defect types, beside those of OK and NG."""

import numpy as np
from sklearn import metrics as sk

from okng.evaluation.results.counts import Types, WorstType
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import nothing, proportion
from okng.evaluation.statistics.macro import joined_mean


def measure_types(scores: Scores) -> Types:
    """Accuracy over all classes, macro F1, recall of each class, their mean, and the worst.

    All but macro F1 have intervals.
    """
    truth, guess, groups = scores.labels, scores.guesses, scores.groups
    numbers = range(len(scores.classes))
    recall = {
        scores.classes[i]: proportion((guess == i)[truth == i], groups[np.asarray(truth == i)])
        for i in numbers
    }
    there = {name: rate for name, rate in recall.items() if rate.value is not None}
    worst = min(there, key=lambda name: there[name].value or 0.0, default=None)
    return Types(
        accuracy=proportion(truth == guess, groups),
        mean_recall=joined_mean(list(there.values()), len(truth))
        if there
        else nothing("no photo to count"),
        worst=None if worst is None else WorstType(**{"class": worst, "recall": there[worst]}),
        macro_f1=float(
            sk.f1_score(truth, guess, average="macro", labels=list(numbers), zero_division=0)
        ),
        recall=recall,
    )
