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
_MOST_VALUES = 10_000  # so that they stay in the processor's cache; measured


def batches(
    groups: Groups, replicates: int = REPLICATES, seed: int = 0, width: int | None = None
) -> Iterator[Floats]:
    """How often each group is in each draw, several draws at a time.

    Args:
        groups: int (N,), numbered from 0 without gaps.
        replicates: number of draws.
        seed: decides them.
        width: values that the caller holds per draw; N when left out. It bounds the memory.

    Yields:
        float (B, G); `replicates` rows in all.
    """
    count = int(groups.max()) + 1 if len(groups) else 0
    rng = np.random.default_rng(seed)
    size = max(1, _MOST_VALUES // max(width or len(groups), 1))
    while replicates > 0:
        rows = min(size, replicates)
        drawn = rng.integers(count, size=(rows, count)) + count * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * count)
        yield times.reshape(rows, count).astype(float)
        replicates -= rows


def draws(groups: Groups, replicates: int = REPLICATES, seed: int = 0) -> Iterator[Floats]:
    """How often each group, numbered from 0, is in each draw: `replicates` times float (G,)."""
    for batch in batches(groups, replicates, seed):
        yield from batch


def resampled_counts(
    columns: npt.NDArray[np.generic], groups: Groups, replicates: int = REPLICATES, seed: int = 0
) -> Floats:
    """Sums of columns (N, C) in each draw, (replicates, C)."""
    numbers = np.unique(groups, return_inverse=True)[1]
    per_group = np.stack(
        [np.bincount(numbers, weights=column) for column in columns.T.astype(float)], axis=1
    )
    drawn = [weights @ per_group for weights in batches(numbers, replicates, seed)]
    return np.concatenate(drawn)


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
        last: places of the last photo of each run of equal scores, in that order.
        defective: truth, in that order.
    """

    order: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    defective: Bools

    @classmethod
    def of(cls, scores: Floats, is_defective: Bools) -> "Ranking":
        """Sort scores (N,)."""
        order = np.argsort(-scores, kind="stable")
        last = np.flatnonzero(np.r_[np.diff(scores[order]) != 0, True])
        return cls(order, last, is_defective[order])

    def areas(self, weights: Floats) -> Floats:
        """ROC AUC, in which ties count half, and average precision as scikit-learn defines it.

        Args:
            weights: of the photos (B, N), in their own order.

        Returns:
            float (B, 2); NaN where a class has no weight.
        """
        caught, rejected = self._curves(weights)
        new_hits = np.diff(caught, axis=1, prepend=0.0)
        new_faults = np.diff(rejected, axis=1, prepend=0.0)
        pairs = np.sum(new_faults * (caught - new_hits / 2), axis=1)
        precision = np.sum(new_hits * caught / np.maximum(caught + rejected, 1e-300), axis=1)
        defective, good = caught[:, -1], rejected[:, -1]
        there = (defective > 0) & (good > 0)
        found = np.full((len(weights), 2), np.nan)
        np.divide(pairs, defective * good, out=found[:, 0], where=there)
        np.divide(precision, defective, out=found[:, 1], where=there)
        return found

    def _curves(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weight of defective and of good photos at or above each score that occurs, (B, T)."""
        ordered = weights.take(self.order, axis=1)
        caught = np.cumsum(ordered * self.defective, axis=1)
        rejected = np.cumsum(ordered, axis=1) - caught
        if len(self.last) == len(self.order):
            return caught, rejected
        return caught.take(self.last, axis=1), rejected.take(self.last, axis=1)


def over_draws(
    statistics: Callable[[Floats], Floats], groups: Groups, replicates: int, seed: int = 0
) -> Floats:
    """Statistics (B, ...) of photo weights (B, N) over all draws, (replicates, ...)."""
    numbers = np.unique(groups, return_inverse=True)[1]
    found = [statistics(w.take(numbers, axis=1)) for w in batches(numbers, replicates, seed)]
    return np.concatenate(found)
