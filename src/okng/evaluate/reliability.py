"""The reliability diagram: does a score of 0.2 mean that one such part in five is defective?"""

from typing import Any

import numpy as np

from okng.evaluate.calibration import brier, expected_calibration_error, undo_calibration
from okng.evaluate.intervals import proportion
from okng.evaluate.scores import Scores
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
