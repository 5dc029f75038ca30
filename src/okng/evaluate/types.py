"""Figures of defect types, beside those of OK and NG."""

from typing import Any

import numpy as np
from sklearn import metrics as sk

from okng.evaluate.intervals import proportion
from okng.evaluate.scores import Scores


def measure_types(scores: Scores) -> dict[str, Any]:
    """Accuracy over all classes, macro F1, and recall of each class, the rates with intervals."""
    truth, guess, groups = scores.labels, scores.guesses, scores.groups
    numbers = range(len(scores.classes))
    return {
        "accuracy": proportion(truth == guess, groups).model_dump(),
        "macro_f1": float(
            sk.f1_score(truth, guess, average="macro", labels=list(numbers), zero_division=0)
        ),
        "recall": {
            scores.classes[i]: proportion(
                (guess == i)[truth == i], groups[np.asarray(truth == i)]
            ).model_dump()
            for i in numbers
        },
    }
