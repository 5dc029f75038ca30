"""Rates with their 95 % intervals. Copies of one part are not counted as further evidence."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from okng.evaluation.results import Rate
from okng.evaluation.statistics.distributions import beta_quantile, student_quantile

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Groups = npt.NDArray[np.int64]
_DOUBT = 0.5  # weight of the worst case, in parts with an error


def nothing(reason: str) -> Rate:
    """The rate of nothing, and why there is none."""
    return Rate(value=None, low=None, high=None, n=0, method=reason)


def proportion(hits: Bools, groups: Groups | None = None, confidence: float = 0.95) -> Rate:
    """Share of hits with an exact interval.

    Clopper and Pearson (1934) where every photo is a part of its own. Where parts have several
    photos, their interval at the effective sample size after Korn and Graubard (1998): n over the
    design effect of the groups, and never more than n; without any spread, the number of groups
    (of equal size). benchmarks/evaluation/coverage.py measures how often it covers.

    Args:
        hits: bool (N,).
        groups: int (N,), equal for photos of one part; None when each photo is a part.
        confidence: in (0, 1).
    """
    n = len(hits)
    if n == 0:
        return nothing("no photo to count")
    share = float(np.mean(hits))
    count = n if groups is None else len(np.unique(groups))
    if count == n:
        low, high = clopper_pearson(share * n, n, confidence)
        return Rate(value=share, low=low, high=high, n=n, method="exact Clopper-Pearson")
    assert groups is not None  # noqa: S101 - for the type checker
    effective = _effective_size(hits, groups)
    low, high = clopper_pearson(share * effective, effective, confidence)
    method = f"Clopper-Pearson on {count} groups (Korn-Graubard, effective n {effective:.0f})"
    return Rate(value=share, low=low, high=high, n=n, method=method)


def clopper_pearson(hits: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """The exact two-sided interval of a binomial share; `hits` and `n` need not be whole."""
    tail = (1 - confidence) / 2
    # The beta distribution's form takes hits that are not whole: shares times an effective size.
    low = beta_quantile(tail, hits, n - hits + 1) if hits > 0 else 0.0
    high = beta_quantile(1 - tail, hits + 1, n - hits) if n - hits > 1e-9 else 1.0
    return low, high


def upper_rate(hits: Bools, groups: Groups, confidence: float = 0.95) -> float | None:
    """The one-sided upper bound of a share, at the effective sample size of `proportion`."""
    if not len(hits):
        return None
    effective = _effective_size(hits, groups)
    return upper_bound(float(np.mean(hits)) * effective, effective, confidence)


def upper_bound(hits: float, n: float, confidence: float = 0.95) -> float:
    """The exact one-sided upper bound of a binomial share."""
    return beta_quantile(confidence, hits + 1, n - hits) if n - hits > 1e-9 else 1.0


def bootstrap(
    statistic: Callable[[npt.NDArray[np.int64]], float | None],
    groups: Groups,
    *,
    replicates: int = 1000,
    seed: int = 0,
) -> tuple[float, float, int]:
    """Percentile bootstrap over groups (Efron, 1979): whole parts are drawn, not photos.

    Args:
        statistic: takes indices of drawn photos; None when a draw has no value, as with one class.
        groups: int (N,).
        replicates: number of draws.
        seed: decides the draws.

    Returns:
        Low and high end at 95 %, and the draws that had a value.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(groups, kind="stable")
    # where each group begins in `order`
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) != 0])
    members = np.split(order, starts[1:])
    values = []
    for _ in range(replicates):
        drawn = rng.integers(len(members), size=len(members))
        value = statistic(np.concatenate([members[index] for index in drawn]))
        if value is not None:
            values.append(value)
    if not values:
        return 0.0, 1.0, 0
    low, high = np.quantile(values, [0.025, 0.975])  # percentiles: 95 %
    return float(low), float(high), len(values)


def group_numbers(names: Any) -> Groups:
    """Group names (N,) as numbers; an empty name is a part of its own."""
    own = [name or f"alone {index}" for index, name in enumerate(names)]
    return np.unique(np.array(own, dtype=object).astype(str), return_inverse=True)[1].astype(
        np.int64
    )


def _effective_size(hits: Bools, groups: Groups) -> float:
    """How many photos of different parts these photos are worth.

    Korn and Graubard (1998), with their correction for the number of groups. Where few parts hold
    an error, the design effect is hardly known; it is drawn towards its largest value, that of
    parts whose photos all agree, as if half a part more had been seen that says so.
    """
    n, share = len(hits), float(np.mean(hits))
    numbers = np.unique(groups, return_inverse=True)[1]
    sizes = np.bincount(numbers)
    if len(sizes) == n:  # each photo is a part of its own
        return float(n)
    # Kish: if all photos of a part had the same result, the variance would be this much larger.
    largest_effect = float(np.sum(sizes**2)) / n
    if share in {0.0, 1.0} or len(sizes) < 2:  # no variance can be seen: take the worst case
        return n / largest_effect
    # (G,) surplus of hits of each part
    residuals = np.bincount(numbers, weights=hits.astype(float) - share)
    variance = len(sizes) / (len(sizes) - 1) * float(np.sum(residuals**2)) / n**2
    # design effect: variance over that of independent photos
    effect = max(1.0, variance * n / (share * (1 - share)))
    # Few errors say little about how errors cluster: mix with the worst case, by parts with errors.
    rarer = hits if share <= 0.5 else ~hits
    seen = len(np.unique(numbers[rarer]))
    effect = (seen * effect + _DOUBT * max(largest_effect, effect)) / (seen + _DOUBT)
    # Korn and Graubard (1998): degrees of freedom of the parts
    wider = (student_quantile(0.975, n - 1) / student_quantile(0.975, len(sizes) - 1)) ** 2
    return min(float(n), n / effect * wider)
