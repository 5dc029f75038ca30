"""Escapes, overkill, F1 and cost over the threshold, and how firm the chosen threshold is."""

from typing import Any

import numpy as np

from okng.config import OperatingSettings
from okng.evaluation.rounding import between
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.bootstrap import draws
from okng.evaluation.statistics.conformal import part_weights
from okng.evaluation.statistics.intervals import Bools, Floats
from okng.evaluation.threshold import in_words, range_edge
from okng.evaluation.threshold.operating_point import Validation, find_threshold
from okng.evaluation.threshold.review_band import review_curve

POINTS = 200
STABILITY_DRAWS = 200
_EVEN = 60  # points spread over [0, 1]; the others lie where the scores do


def curves(
    scores: Scores,
    validation: Validation | None,
    threshold: float,
    settings: OperatingSettings,
) -> dict[str, Any]:
    """Columns of figures over the threshold, for the reported photos and for validation.

    Args:
        scores: of the reported photos, with an OK class.
        validation: what the threshold was chosen on, or None.
        threshold: the one that was applied; it is one of the points.
        settings: costs.
    """
    costs = settings.cost_escape, settings.cost_overkill
    found: dict[str, Any] = {"cost_escape": costs[0], "cost_overkill": costs[1]}
    found["test"] = curve(scores.defect_scores, scores.is_defective, threshold, costs)
    if validation is not None and not validation.missing:
        found["validation"] = curve(validation.scores, validation.is_defective, threshold, costs)
        parts = part_weights(validation.groups, validation.is_defective)
        found["review"] = review_curve(validation.sweeper.sweep(parts), threshold)
    return found


def curve(
    scores: Floats, is_defective: Bools, threshold: float, costs: tuple[float, float]
) -> dict[str, Any]:
    """At most 200 thresholds from 0 to 1, and what each does; a rate of nothing is 0."""
    defective, good = np.sort(scores[is_defective]), np.sort(scores[~is_defective])
    thresholds = _points(scores, threshold)
    escapes = np.searchsorted(defective, thresholds, side="left")
    overkills = len(good) - np.searchsorted(good, thresholds, side="left")
    escape_rate = escapes / max(len(defective), 1)
    overkill_rate = overkills / max(len(good), 1)
    hits = len(defective) - escapes
    return {
        "good": len(good),
        "defective": len(defective),
        "threshold": thresholds.tolist(),
        "escapes": escapes.tolist(),
        "overkills": overkills.tolist(),
        "escape_rate": escape_rate.tolist(),
        "overkill_rate": overkill_rate.tolist(),
        "f1": (2 * hits / np.maximum(2 * hits + escapes + overkills, 1)).tolist(),
        "cost": (costs[0] * escape_rate + costs[1] * overkill_rate).tolist(),
    }


def threshold_stability(
    validation: Validation, settings: OperatingSettings, reported: Scores, threshold: float
) -> dict[str, Any] | None:
    """What the same policy chooses on resampled validation parts.

    Returns:
        The part `threshold_stability` of metrics.json; None where nothing was chosen.
    """
    if settings.threshold is not None or validation.missing:
        return None
    chosen = []
    for weights in draws(validation.groups, STABILITY_DRAWS):
        photos = weights[validation.groups]
        there = photos > 0
        if 0 < validation.is_defective[there].sum() < there.sum():
            chosen.append(find_threshold(validation, settings, photos).threshold)
    if not chosen:
        return None
    low, middle, high = np.quantile(chosen, [0.025, 0.5, 0.975])
    rates = _rates_at(np.array(chosen), reported)
    found = {
        "draws": len(chosen),
        "threshold": threshold,
        "low": float(low),
        "high": float(high),
        "quantiles": {str(q): float(np.quantile(chosen, q)) for q in (0.05, 0.5, 0.95)},
        "photos": len(validation.scores),
        "groups": len(np.unique(validation.groups)),
        **rates,
    }
    edge = range_edge(validation.expected, threshold, np.array(chosen))
    found["notes"] = [note._asdict() for note in edge]
    found["sentences"] = [_in_words(found, float(middle)), *map(in_words, edge)]
    return found


def _points(scores: Floats, threshold: float) -> Floats:
    known = np.unique(np.r_[0.0, scores, 1.0])
    middles = (known[:-1] + known[1:]) / 2
    fixed = [0.0, threshold, 1.0]
    if len(middles) > POINTS - len(fixed):
        rows = np.linspace(0, len(middles) - 1, POINTS - len(fixed) - _EVEN).round().astype(int)
        middles = np.r_[middles[rows], np.linspace(0, 1, _EVEN + 2)[1:-1]]
    return np.unique(np.r_[middles, fixed])


def _rates_at(thresholds: Floats, scores: Scores) -> dict[str, dict[str, float]]:
    found = {}
    defective = np.sort(scores.defect_scores[scores.is_defective])
    good = np.sort(scores.defect_scores[~scores.is_defective])
    if len(defective):
        rates = np.searchsorted(defective, thresholds, side="left") / len(defective)
        found["escape_rate"] = _spread(rates)
    if len(good):
        found["overkill_rate"] = _spread(
            1 - np.searchsorted(good, thresholds, side="left") / len(good)
        )
    return found


def _spread(values: Floats) -> dict[str, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return {"low": float(low), "high": float(high)}


def _in_words(found: dict[str, Any], middle: float) -> str:
    sentence = (
        f"The threshold of {found['threshold']:.3f} rests on {found['groups']:,} validation parts. "
        f"Other parts of the same kind would have put it between {found['low']:.3f} and "
        f"{found['high']:.3f} (in 95 % of {found['draws']} drawings; middle {middle:.3f})"
    )
    if "escape_rate" in found and "overkill_rate" in found:
        escape, overkill = found["escape_rate"], found["overkill_rate"]
        sentence += (
            f"; on the reported photos that means {between(escape['low'], escape['high'])} "
            f"escapes and {between(overkill['low'], overkill['high'])} overkill"
        )
    return sentence + "."
