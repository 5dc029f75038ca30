"""Bootstrap over groups: whole parts are drawn, never single photos (Efron, 1979).

Draws are weights: how often each part is in. Counts are added up per part first, and scores are
sorted once, so that a thousand draws of 100,000 photos take seconds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from okng.evaluation.results import Rate
from okng.evaluation.statistics.intervals import (
    Bools,
    Floats,
    Groups,
)

REPLICATES = 1000
FEWEST_PARTS = 10
"""Parts of the rarer class below which a bootstrap gives no interval worth printing: with 9 of each
and one error, the interval of Cohen's kappa reached from -0.98 to 1.00."""
_CLOSER = 20.0  # a draw without any error counts as one with so much fewer errors
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
    size = max(1, _MOST_VALUES // max(width or len(groups), 1))  # draws of one batch
    while replicates > 0:
        rows = min(size, replicates)
        # (rows, count): the groups of each draw, each draw with numbers of its own, so that one
        # bincount counts all draws of the batch.
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
    per_group = np.stack(  # (G, C)
        [np.bincount(numbers, weights=column) for column in columns.T.astype(float)], axis=1
    )
    drawn = [weights @ per_group for weights in batches(numbers, replicates, seed)]  # each (B, C)
    return np.concatenate(drawn)


def resampled_rate(
    value: float, values: Floats, n: int, parts: int, *, signed: bool = False, remark: str = ""
) -> Rate:
    """A rate with an interval from its values over the draws.

    The spread is taken where it is symmetric: of the logit of a share, of Fisher's z of a
    coefficient, which is half of such a logit; with Student's factor for the number of parts.
    benchmarks/evaluation/coverage.py measures how often it covers; plain percentiles did too
    seldom (benchmarks/LOG.md).

    Args:
        value: of the photos themselves.
        values: over the draws; NaN where a draw had no value.
        n: photos.
        parts: of the class with fewer of them.
        signed: the value is a coefficient in [-1, 1], no share in [0, 1].
        remark: begins the method.

    Returns:
        No interval with fewer than `FEWEST_PARTS` parts, or where the draws tell nothing; the
        method gives the reason.
    """
    finite = values[np.isfinite(values)]
    if parts < FEWEST_PARTS or not len(finite):
        return without_interval(value, n, f"{remark}too few parts for an interval")
    # a figure in [-1, 1], such as kappa, as one in [0, 1]
    scaled, drawn = ((value + 1) / 2, (finite + 1) / 2) if signed else (value, finite)
    # The logit has no value at the ends.
    if not 0 < scaled < 1:
        return without_interval(value, n, f"{remark}no interval at the end of the scale")
    nearest = scaled / _CLOSER, 1 - (1 - scaled) / _CLOSER
    spread = float(np.std(special.logit(np.clip(drawn, *nearest))))
    if spread <= 1e-9:  # all draws are equal but for rounding
        return without_interval(value, n, f"{remark}no interval: the draws do not differ")
    # The bootstrap divides by n, not by n - 1; Student's t for as many parts as there are.
    reach = spread * np.sqrt(parts / (parts - 1)) * stats.t.ppf(0.975, parts - 1)
    middle = special.logit(scaled)
    ends = float(special.expit(middle - reach)), float(special.expit(middle + reach))
    low, high = (2 * end - 1 if signed else end for end in ends)
    method = f"{remark}bootstrap over groups, {len(finite)} draws, logit scale"
    return Rate(value=value, low=low, high=high, n=n, method=method)


def without_interval(value: float, n: int, reason: str) -> Rate:
    """A rate whose interval is not known, and why."""
    return Rate(value=value, low=None, high=None, n=n, method=reason)


def fewest_parts(truth: Bools, groups: Groups) -> int:
    """Parts of the class that has fewer of them."""
    return min(len(np.unique(groups[kind])) for kind in (truth, ~truth))


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
        # Photos with equal scores are one step of the curve: the last of each run of equals.
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
        new_hits = np.diff(caught, axis=1, prepend=0.0)  # (B, T), as all below
        new_faults = np.diff(rejected, axis=1, prepend=0.0)
        # pairs in the right order; half of those with equal scores
        pairs = np.sum(new_faults * (caught - new_hits / 2), axis=1)
        precision = np.sum(new_hits * caught / np.maximum(caught + rejected, 1e-300), axis=1)
        defective, good = caught[:, -1], rejected[:, -1]
        there = (defective > 0) & (good > 0)  # a draw may hold no part of one class
        values = np.full((len(weights), 2), np.nan)  # (B, 2): ROC AUC, average precision
        np.divide(pairs, defective * good, out=values[:, 0], where=there)
        np.divide(precision, defective, out=values[:, 1], where=there)
        return values

    def _curves(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weight of defective and of good photos at or above each score that occurs, (B, T)."""
        ordered = weights.take(self.order, axis=1)
        caught = np.cumsum(ordered * self.defective, axis=1)
        rejected = np.cumsum(ordered, axis=1) - caught
        if len(self.last) == len(self.order):  # no two scores are equal
            return caught, rejected
        return caught.take(self.last, axis=1), rejected.take(self.last, axis=1)


def over_draws(
    statistics: Callable[[Floats], Floats], groups: Groups, replicates: int, seed: int = 0
) -> Floats:
    """Statistics (B, ...) of photo weights (B, N) over all draws, (replicates, ...)."""
    numbers = np.unique(groups, return_inverse=True)[1]
    # weights of groups (B, G) -> of photos (B, N)
    results = [statistics(w.take(numbers, axis=1)) for w in batches(numbers, replicates, seed)]
    return np.concatenate(results)
