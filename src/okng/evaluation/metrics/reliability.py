"""Reliability: does a score of 0.2 mean that one such part in five is defective?"""

from typing import Any

import numpy as np

from okng.evaluation.metrics.calibration import brier, expected_calibration_error, undo_calibration
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import proportion
from okng.modelfile import Calibration

BINS = 10


def reliability(scores: Scores, calibration: Calibration | None) -> dict[str, Any]:
    """Bins of scores with the share of defective parts in each, and the error before and after.

    Args:
        scores: with an OK class; photos that could not be judged are left out.
        calibration: the one of the model file, to tell what it changed; None leaves that out.
    """
    judged = scores.keep(np.asarray(scores.table["error"] == ""))
    values, truth, groups = judged.defect_scores, judged.is_defective, judged.groups
    if not len(values):
        return {"bins": [], "sentences": ["No photo could be judged."]}
    bin_of = np.minimum((values * BINS).astype(int), BINS - 1)
    bins = [
        {
            "low": number / BINS,
            "high": (number + 1) / BINS,
            "photos": int((bin_of == number).sum()),
            "mean_score": float(values[bin_of == number].mean()),
            "defective": proportion(truth[bin_of == number], groups[bin_of == number]).model_dump(),
        }
        for number in np.unique(bin_of).tolist()
    ]
    found: dict[str, Any] = {"bins": bins, **_errors(values, truth)}
    if calibration is not None and np.isfinite(judged.probabilities).all():
        raw = 1 - undo_calibration(calibration, judged.probabilities)[:, 0]
        found["before"] = _errors(raw, truth)
    found["sentences"] = [_in_words(found)]
    return found


def class_reliability(scores: Scores, calibration: Calibration | None) -> dict[str, Any]:
    """Does a photo that is called a scratch with 0.8 show one in four of five cases?

    The error of the likeliest class (Guo et al., ICML 2017): mean distance between its probability
    and the share of photos that it names rightly.

    Args:
        scores: of any classes; photos that could not be judged or show an unknown class are left
            out.
        calibration: the one of the model file, to tell what it changed; None leaves that out.

    Returns:
        `ece` and, with a calibration, the same under `before`; empty where nothing could be judged.
    """
    judged = scores.keep(scores.is_known & np.isfinite(scores.probabilities).all(axis=1))
    if not len(judged):
        return {}
    found: dict[str, Any] = {"ece": _named(judged.probabilities, judged.labels)}
    if calibration is not None:
        raw = undo_calibration(calibration, judged.probabilities)
        found["before"] = {"ece": _named(raw, judged.labels)}
    return found


def _named(probabilities: Any, labels: Any) -> float:
    right = probabilities.argmax(axis=1) == labels
    return expected_calibration_error(probabilities.max(axis=1), right, BINS)


def _errors(values: Any, truth: Any) -> dict[str, float]:
    return {"ece": expected_calibration_error(values, truth, BINS), "brier": brier(values, truth)}


def _points(errors: dict[str, Any]) -> str:
    return f"{100 * errors['ece']:.1f} percentage points"


def _in_words(found: dict[str, Any]) -> str:
    sentence = f"Scores and shares of defective parts differ by {_points(found)} on average"
    if "before" in found:
        sentence += f" ({_points(found['before'])} without the calibration in the model file)"
    outside = [
        f"{b['low']:.1f} to {b['high']:.1f}"
        for b in found["bins"]
        if not b["defective"]["low"] <= b["mean_score"] <= b["defective"]["high"]
    ]
    if outside:
        sentence += f"; scores from {', '.join(outside)} do not mean what they say"
    return sentence + "."
