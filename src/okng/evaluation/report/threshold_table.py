"""What every threshold would have meant on the test: exact counts at some hundred places.

The counts are made here, so that the slider of the page only looks them up: it cannot disagree with
Python, and a test of any size takes the same room.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import upper_rate
from okng.evaluation.threshold.threshold_sweep import Sweeper, middles
from okng.verdict import reaches_threshold

MOST = 400
_SHARE = 20  # defective parts among 1,000 on the line, until the reader says otherwise


@dataclass(frozen=True)
class ThresholdTable:
    """Counts at each threshold, in rising order.

    Attributes:
        thresholds: in [0, 1]; a score at or above one is NG.
        escapes: defective photos below it.
        overkills: good photos at or above it.
        bounds: one-sided 95 % upper bound of the escape rate, as in metrics.json.
        start: index of the threshold of the model file.
        defective: photos of defective parts.
        good: photos of good parts.
        costs: of an escaped and of a rejected good part, and defective parts per 1,000 on the
            line, at which the policy of the model file chooses its threshold.
    """

    thresholds: list[float]
    escapes: list[int]
    overkills: list[int]
    bounds: list[float]
    start: int
    defective: int
    good: int
    costs: dict[str, float]


def threshold_table(
    scores: Scores, threshold: float, *, cost_escape: float, cost_overkill: float
) -> ThresholdTable:
    """Count escapes and overkills at up to 400 thresholds.

    Args:
        scores: of the test, with good and defective parts.
        threshold: of the model file; it is among those that are counted.
        cost_escape: weight of the escape rate when it was chosen.
        cost_overkill: weight of the overkill rate.
    """
    values, truth = scores.defect_scores, scores.is_defective
    thresholds = candidates(values, threshold)
    escapes, overkills = Sweeper(values, truth, thresholds).counts()
    per_part = cost_escape / cost_overkill * (1000 - _SHARE) / _SHARE
    return ThresholdTable(
        thresholds=thresholds.tolist(),
        escapes=escapes.tolist(),
        overkills=overkills.tolist(),
        bounds=_bounds(values[truth], scores.groups[truth], thresholds),
        start=int(np.searchsorted(thresholds, threshold)),
        defective=int(truth.sum()),
        good=int((~truth).sum()),
        costs={"escape": per_part, "overkill": 1.0, "share": _SHARE},
    )


def candidates(values: npt.NDArray[np.float64], threshold: float) -> npt.NDArray[np.float64]:
    """Middles between neighbouring scores, thinned by rank, and the threshold in use."""
    points = middles(values)
    if len(points) > MOST:
        ranks = np.linspace(0, len(values) - 1, MOST).round().astype(int)
        places = np.searchsorted(points, np.sort(values)[ranks], side="left")
        points = points[np.unique(np.r_[0, places.clip(max=len(points) - 1), len(points) - 1])]
    return np.unique(np.r_[points, threshold])


def _bounds(
    values: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64],
    thresholds: npt.NDArray[np.float64],
) -> list[float]:
    return [
        upper_rate(~reaches_threshold(values, threshold), groups) or 0.0
        for threshold in thresholds.tolist()
    ]
