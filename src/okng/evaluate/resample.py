"""Bootstrap over groups: whole parts are drawn, never single photos (Efron, 1979).

Draws are weights: how often each part is in. Counts are added up per part first, and scores are
sorted once, so that a thousand draws of 100,000 photos take seconds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from okng.evaluate.intervals import Bools, Floats, Groups, Rate

REPLICATES = 1000
_ENDS = (0.025, 0.975)


def draws(groups: Groups, replicates: int = REPLICATES, seed: int = 0) -> Iterator[Floats]:
    """How often each group, numbered from 0, is in each draw: `replicates` times float (G,)."""
    count = int(groups.max()) + 1 if len(groups) else 0
    rng = np.random.default_rng(seed)
    for _ in range(replicates):
        drawn = rng.integers(count, size=count)
        yield np.bincount(drawn, minlength=count).astype(float)


def resampled_counts(
    columns: npt.NDArray[np.generic], groups: Groups, replicates: int = REPLICATES, seed: int = 0
) -> Floats:
    """Sums of columns (N, C) in each draw, (replicates, C)."""
    numbers = np.unique(groups, return_inverse=True)[1]
    per_group = np.stack(
        [np.bincount(numbers, weights=column) for column in columns.T.astype(float)], axis=1
    )
    return np.stack([weights @ per_group for weights in draws(numbers, replicates, seed)])


def percentile_rate(value: float, values: Floats, n: int, remark: str = "") -> Rate:
    """A rate with the percentile interval of its values over the draws; NaN had no value."""
    found = values[np.isfinite(values)]
    if not len(found):
        return Rate(value=value, low=None, high=None, n=n, method="no draw had a value")
    low, high = np.quantile(found, _ENDS)
    method = f"{remark}bootstrap over groups, {len(found)} draws"
    return Rate(
        value=value, low=float(min(low, value)), high=float(max(high, value)), n=n, method=method
    )


@dataclass(frozen=True)
class Ranking:
    """Scores sorted once, for areas under curves with any weights of the photos.

    Attributes:
        order: of the photos, by falling score.
        last: true at the last photo of each run of equal scores, in that order.
        defective: truth, in that order.
    """

    order: npt.NDArray[np.int64]
    last: Bools
    defective: Bools

    @classmethod
    def of(cls, scores: Floats, is_defective: Bools) -> "Ranking":
        """Sort scores (N,)."""
        order = np.argsort(-scores, kind="stable")
        last = np.r_[np.diff(scores[order]) != 0, True]
        return cls(order, last, is_defective[order])

    def areas(self, weights: Floats) -> tuple[float, float]:
        """ROC AUC, in which ties count half, and average precision as scikit-learn defines it.

        Args:
            weights: of the photos (N,), in their own order.

        Returns:
            NaN for both where a class has no weight.
        """
        caught, rejected = self._curves(weights)
        if not caught[-1] or not rejected[-1]:
            return float("nan"), float("nan")
        new_hits = np.r_[caught[0], caught[1:] - caught[:-1]]
        new_faults = np.r_[rejected[0], rejected[1:] - rejected[:-1]]
        pairs = float(np.sum(new_faults * (caught - new_hits / 2)))
        called = np.maximum(caught + rejected, 1e-300)
        precision = float(np.sum(new_hits * caught / called))
        return pairs / float(caught[-1] * rejected[-1]), precision / float(caught[-1])

    def _curves(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weight of defective and of good photos at or above each score that occurs."""
        sorted_weights = weights[self.order]
        caught = np.cumsum(sorted_weights * self.defective)[self.last]
        rejected = np.cumsum(sorted_weights * ~self.defective)[self.last]
        return caught, rejected


def over_draws(
    statistics: Callable[[Floats], tuple[float, ...]],
    groups: Groups,
    replicates: int,
    seed: int = 0,
) -> Floats:
    """Values of statistics of photo weights (N,) in each draw of groups, (replicates, ...)."""
    numbers = np.unique(groups, return_inverse=True)[1]
    return np.array([statistics(w[numbers]) for w in draws(numbers, replicates, seed)])
