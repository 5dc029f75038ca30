"""The review band: scores so close to the threshold that a person decides.

By cost, a part is sent to a person where that costs less than the errors it saves; by risk, so
many that those the machine decides alone keep a limit (conformal risk control).
"""

from dataclasses import dataclass

import numpy as np

from okng.config import OperatingSettings
from okng.evaluation.results import Message, message
from okng.evaluation.results.thresholds import ReviewCurve
from okng.evaluation.statistics.conformal import promise
from okng.evaluation.statistics.intervals import Floats
from okng.evaluation.threshold import ExpectedRates, lowest
from okng.evaluation.threshold.threshold_sweep import Sweep

POINTS = 50  # of a curve in metrics.json
_NO_LOWER = 1e-6  # a lower cost that is nothing but rounding


@dataclass(frozen=True)
class Band:
    """Scores in [low, high) go to a person; nobody is asked where the two are equal."""

    low: float
    high: float
    reasons: tuple[Message, ...]
    unmet: tuple[Message, ...] = ()


def choose_band(
    parts: Sweep, expected: ExpectedRates, threshold: float, settings: OperatingSettings
) -> Band | None:
    """Choose a band around a threshold.

    Args:
        parts: rates of the validation photos, each part counting once.
        expected: rates of new parts, estimated from the same photos.
        threshold: lies inside of the band.
        settings: `review_escape`, `review_overkill` or `cost_review` ask for a band.

    Returns:
        None when none is asked for, or none is worth it.
    """
    if settings.review_escape is not None or settings.review_overkill is not None:
        return _by_risk(parts, threshold, settings)
    if settings.cost_review is not None:
        return _by_cost(expected.sweep(), threshold, settings)
    return None


def review_curve(sweep: Sweep, threshold: float) -> ReviewCurve | None:
    """Escapes and overkill that are left as the review band widens; None without a threshold."""
    rows = np.flatnonzero(sweep.thresholds <= threshold)[::-1]  # from the threshold downwards
    if not len(rows):
        return None
    picked = rows[np.unique(np.linspace(0, len(rows) - 1, POINTS).round().astype(int))]
    top = int(rows[0])
    # parts between the two thresholds go to a person: defective ones, then good ones
    sent = (sweep.escape_rate[top] - sweep.escape_rate[picked]) * sweep.defective
    sent += (sweep.overkill_rate[picked] - sweep.overkill_rate[top]) * sweep.good
    return ReviewCurve(
        on="validation",
        review_low=tuple(sweep.thresholds[picked].tolist()),
        review_high=(threshold,) * len(picked),
        review_rate=tuple((sent / (sweep.defective + sweep.good)).tolist()),
        escape_rate=tuple(sweep.escape_rate[picked].tolist()),
        overkill_rate=(float(sweep.overkill_rate[top]),) * len(picked),
    )


def _by_risk(sweep: Sweep, threshold: float, settings: OperatingSettings) -> Band | None:
    low, high = threshold, threshold
    limits: list[Message] = []
    unmet: list[Message] = []
    if settings.review_escape is not None:
        holds = promise("escape", sweep.escape_rate, sweep.defective, settings.review_escape)
        # never above the threshold
        low = min(threshold, float(sweep.thresholds[holds.holds].max()))
        limits += [holds.limit] if holds.limit else []
        unmet += holds.unmet
    if settings.review_overkill is not None:
        holds = promise("overkill", sweep.overkill_rate, sweep.good, settings.review_overkill)
        high = max(threshold, float(sweep.thresholds[holds.holds].min()))
        limits += [holds.limit] if holds.limit else []
        unmet += holds.unmet
    codes = ("band_limit", "band_further_limit")
    reasons = [message(code, limit=limit) for code, limit in zip(codes, limits, strict=False)]
    return Band(low, high, (*reasons, *unmet), tuple(unmet))


def _by_cost(sweep: Sweep, threshold: float, settings: OperatingSettings) -> Band | None:
    """Each end alone: where the next part costs as much to look at as to leave to the machine."""
    fee = settings.cost_review or 0.0  # of one review, in the unit of the other costs
    reviewed = sweep.escape_rate - sweep.overkill_rate  # of both classes, below the threshold
    low_cost = settings.cost_escape * sweep.escape_rate - fee * reviewed
    high_cost = settings.cost_overkill * sweep.overkill_rate + fee * reviewed
    low = _cheapest(sweep, low_cost, sweep.thresholds <= threshold, threshold)
    high = _cheapest(sweep, high_cost, sweep.thresholds >= threshold, threshold)
    if low >= high:
        return None
    return Band(low, high, (message("band_cost", fee=fee),))


def _cheapest(sweep: Sweep, cost: Floats, allowed: np.ndarray, otherwise: float) -> float:
    if not allowed.any():
        return otherwise
    best = lowest(cost, allowed)
    # the threshold itself may lie between two places
    here = float(np.interp(otherwise, sweep.thresholds, cost))
    return float(sweep.thresholds[best]) if cost[best] < here - _NO_LOWER else otherwise
