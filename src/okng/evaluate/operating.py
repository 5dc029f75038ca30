"""The operating point: the threshold that costs least on validation photos.

Costs weigh rates, not counts: the mix of a folder says nothing of the mix on the line. At equal
costs this is Youden's index (1950).
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from okng.verdict import OperatingPoint

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
COST_RATIOS = (1, 5, 20, 100)
_MISSING = "validation has no {} part, so 0.5 stands; it was not chosen"


def choose_operating_point(
    scores: Floats, is_defective: Bools, *, cost_escape: float, cost_overkill: float
) -> OperatingPoint:
    """Choose the threshold with the lowest cost of escape rate and overkill rate together.

    Where several thresholds cost the same, the middle of the widest gap between scores is taken:
    it is the farthest from any photo that was seen.

    Args:
        scores: calibrated defect scores (N,) of validation photos.
        is_defective: truth (N,).
        cost_escape: of one defective part that gets OK.
        cost_overkill: of one good part that gets NG.
    """
    now = datetime.now(UTC)
    if is_defective.all() or not is_defective.any():
        kind = "good" if is_defective.all() else "defective"
        return OperatingPoint(
            threshold=0.5, policy="default", reason=_MISSING.format(kind), chosen=now
        )
    good = (~is_defective).sum()
    thresholds, widths = _candidates(scores)
    escapes, overkills = _errors(scores, is_defective, thresholds)
    cost = cost_escape * escapes / is_defective.sum() + cost_overkill * overkills / good
    best = np.flatnonzero(np.isclose(cost, cost.min()))
    chosen = best[np.argmax(widths[best])]
    reason = (
        f"lowest cost on {len(scores)} validation photos: {escapes[chosen]} of "
        f"{is_defective.sum()} defective ones escape, {overkills[chosen]} of {good} good ones are "
        f"rejected; an escape costs {cost_escape:g}, an overkill {cost_overkill:g}"
    )
    return OperatingPoint(
        threshold=float(thresholds[chosen]), policy="lowest cost", reason=reason, chosen=now
    )


def alternatives(scores: Floats, is_defective: Bools) -> list[dict[str, Any]]:
    """What other costs would choose, on the same validation photos.

    Returns:
        Per cost of an escape in overkills: threshold, escape rate and overkill rate in [0, 1].
        Empty where a class is missing.
    """
    if is_defective.all() or not is_defective.any():
        return []
    table = []
    for ratio in COST_RATIOS:
        point = choose_operating_point(scores, is_defective, cost_escape=ratio, cost_overkill=1)
        passed = scores < point.threshold
        table.append(
            {
                "cost_ratio": ratio,
                "threshold": point.threshold,
                "escape_rate": float(passed[is_defective].mean()),
                "overkill_rate": float((~passed)[~is_defective].mean()),
            }
        )
    return table


def _candidates(scores: Floats) -> tuple[Floats, Floats]:
    """Middles between neighbouring scores, and how wide the gaps are; 0 and 1 bound them."""
    known = np.unique(np.concatenate([[0.0], scores, [1.0]]))
    return (known[:-1] + known[1:]) / 2, np.diff(known)


def _errors(
    scores: Floats, is_defective: Bools, thresholds: Floats
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Escapes and overkills at each threshold."""
    defective, good = np.sort(scores[is_defective]), np.sort(scores[~is_defective])
    escapes = np.searchsorted(defective, thresholds, side="left")
    overkills = len(good) - np.searchsorted(good, thresholds, side="left")
    return escapes, overkills
