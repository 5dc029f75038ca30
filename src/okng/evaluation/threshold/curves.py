"""Escapes, overkill, F1 and cost over the threshold, and how firm the chosen threshold is."""

import numpy as np

from okng.config import OperatingSettings
from okng.evaluation.results import Message, Spread, message
from okng.evaluation.results.thresholds import (
    Curve,
    Curves,
    NoReviewCurve,
    ThresholdStability,
)
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.bootstrap import draws
from okng.evaluation.statistics.conformal import part_weights
from okng.evaluation.statistics.intervals import Bools, Floats
from okng.evaluation.threshold import note_message, range_edge
from okng.evaluation.threshold.operating_point import Validation, find_threshold
from okng.evaluation.threshold.review_band import review_curve
from okng.evaluation.threshold.threshold_sweep import Sweeper, middles

POINTS = 200  # of a curve in metrics.json and the report; more cannot be seen at 700 px
STABILITY_DRAWS = 200  # fewer than elsewhere: each chooses a threshold anew
_EVEN = 60  # points spread over [0, 1]; the others lie where the scores do


def curves(
    scores: Scores,
    validation: Validation | None,
    threshold: float,
    settings: OperatingSettings,
) -> Curves:
    """Columns of figures over the threshold, for the reported photos and for validation.

    Args:
        scores: of the reported photos, with an OK class.
        validation: what the threshold was chosen on, or None.
        threshold: the one that was applied; it is one of the points.
        settings: costs.
    """
    costs = settings.cost_escape, settings.cost_overkill
    result = Curves(
        cost_escape=costs[0],
        cost_overkill=costs[1],
        test=curve(scores.defect_scores, scores.is_defective, threshold, costs),
    )
    if validation is None or validation.missing:
        return result
    parts = part_weights(validation.groups, validation.is_defective)
    review = review_curve(validation.sweeper.sweep(parts), threshold)
    chosen_on = curve(validation.scores, validation.is_defective, threshold, costs)
    return result.model_copy(update={"validation": chosen_on, "review": review or NoReviewCurve()})


def curve(
    scores: Floats, is_defective: Bools, threshold: float, costs: tuple[float, float]
) -> Curve:
    """At most 200 thresholds from 0 to 1, and what each does; a rate of nothing is 0."""
    thresholds = _points(scores, threshold)
    escapes, overkills = Sweeper(scores, is_defective, thresholds).counts()
    defective, good = int(is_defective.sum()), int((~is_defective).sum())
    escape_rate, overkill_rate = escapes / max(defective, 1), overkills / max(good, 1)
    hits = defective - escapes
    return Curve(
        good=good,
        defective=defective,
        threshold=tuple(thresholds.tolist()),
        escapes=tuple(escapes.tolist()),
        overkills=tuple(overkills.tolist()),
        escape_rate=tuple(escape_rate.tolist()),
        overkill_rate=tuple(overkill_rate.tolist()),
        f1=tuple((2 * hits / np.maximum(2 * hits + escapes + overkills, 1)).tolist()),
        cost=tuple((costs[0] * escape_rate + costs[1] * overkill_rate).tolist()),
    )


def threshold_stability(
    validation: Validation, settings: OperatingSettings, reported: Scores, threshold: float
) -> ThresholdStability | None:
    """What the same policy chooses on resampled validation parts.

    Returns:
        None where nothing was chosen.
    """
    if settings.threshold is not None or validation.missing:
        return None
    chosen = []
    for weights in draws(validation.groups, STABILITY_DRAWS):
        photos = weights[validation.groups]
        # A draw may lack one class: no threshold can be chosen on it.
        there = photos > 0
        if 0 < validation.is_defective[there].sum() < there.sum():
            chosen.append(find_threshold(validation, settings, photos).threshold)
    if not chosen:
        return None
    low, middle, high = np.quantile(chosen, [0.025, 0.5, 0.975])  # 95 %
    escape_rate, overkill_rate = _rates_at(np.array(chosen), reported)
    notes = range_edge(validation.expected, threshold, np.array(chosen))
    spread = {"threshold": threshold, "low": float(low), "high": float(high), "draws": len(chosen)}
    parts = len(np.unique(validation.groups))
    return ThresholdStability(
        **spread,
        quantiles={str(q): float(np.quantile(chosen, q)) for q in (0.05, 0.5, 0.95)},
        photos=len(validation.scores),
        groups=parts,
        escape_rate=escape_rate,
        overkill_rate=overkill_rate,
        notes=notes,
        messages=(
            _conclusion({**spread, "groups": parts, "middle": float(middle)},
                        escape_rate, overkill_rate),
            *map(note_message, notes),
        ),
    )  # fmt: skip


def _points(scores: Floats, threshold: float) -> Floats:
    points, fixed = middles(scores), [0.0, threshold, 1.0]
    if len(points) > POINTS - len(fixed):
        rows = np.linspace(0, len(points) - 1, POINTS - len(fixed) - _EVEN).round().astype(int)
        # without the ends, which `fixed` holds
        points = np.r_[points[rows], np.linspace(0, 1, _EVEN + 2)[1:-1]]
    return np.unique(np.r_[points, fixed])


def _rates_at(thresholds: Floats, scores: Scores) -> tuple[Spread | None, Spread | None]:
    """Spread of escape and of overkill rate over thresholds (D,); None without such photos."""
    sweep = Sweeper(scores.defect_scores, scores.is_defective, np.sort(thresholds)).sweep()
    return (
        _spread(sweep.escape_rate) if sweep.defective else None,
        _spread(sweep.overkill_rate) if sweep.good else None,
    )


def _spread(values: Floats) -> Spread:
    low, high = np.quantile(values, [0.025, 0.975])
    return Spread(low=float(low), high=float(high))


def _conclusion(
    values: dict[str, float], escape: Spread | None, overkill: Spread | None
) -> Message:
    if escape is None or overkill is None:
        return message("threshold_stability", **values)
    return message(
        "threshold_stability_rates",
        **values,
        escape_rate=(escape.low, escape.high),
        overkill_rate=(overkill.low, overkill.high),
    )
