"""Intervals of the difference of two inspectors that judged the same photos."""

import numpy as np
from scipy import stats

from okng.evaluation.results import Difference, Rate
from okng.evaluation.statistics.intervals import (
    Bools,
    Floats,
    Groups,
    clopper_pearson,
)

FEWEST_TO_COMPARE = 6
"""Parts that two inspectors must share: with five, even five differences of one kind happen by
chance in one of 16 tests (2 / 2^5), which is no proof at 5 %."""
_EACH_WAY = 0.5  # parts of either sign that are added


def share_difference(a: Bools, b: Bools, groups: Groups) -> Difference:
    """By how much the share of `b` is larger than that of `a`, with its interval.

    Student's interval over parts, with half a part added that differs to either side, as Agresti
    and Min (2005) add half a photo to each cell of the table: without, few parts that differ make
    the interval too narrow (benchmarks/evaluation/paired.py).

    Args:
        a: bool (N,), hits of the first; at least one.
        b: bool (N,), of the second, on the same photos.
        groups: int (N,), equal for photos of one part.

    Returns:
        No ends below six parts.
    """
    numbers = np.unique(groups, return_inverse=True)[1]
    sums = np.bincount(numbers, weights=b.astype(float) - a).astype(float)  # (G,) net gains of b
    sizes = np.bincount(numbers).astype(float)
    value = float(sums.sum() / sizes.sum())
    if len(sizes) < FEWEST_TO_COMPARE:
        return _difference(value, None, None, len(a), "too few parts for an interval")
    if not sums.any():
        reach = clopper_pearson(0, len(sizes))[1]  # upper end for no hit at all
        method = "no part differs; exact bound over parts"
        return _difference(value, max(-1.0, value - reach), min(1.0, value + reach), len(a), method)
    middle, reach = _over_parts(sums, sizes)
    method = f"Student over {len(sizes)} parts, half a part added each way"
    low, high = max(-1.0, middle - reach), min(1.0, middle + reach)
    # Half a part each way moves the middle; the interval holds the value in any case.
    return _difference(value, min(low, value), max(high, value), len(a), method)


def _over_parts(sums: Floats, sizes: Floats) -> tuple[float, float]:
    """Middle and reach of the interval of a ratio of sums over parts."""
    parts, size = len(sizes), float(sizes.mean())
    total = float(sizes.sum()) + 2 * _EACH_WAY * size
    middle = float(sums.sum()) / total
    residuals = np.sum((sums - middle * sizes) ** 2)
    residuals += _EACH_WAY * size**2 * ((1 - middle) ** 2 + (1 + middle) ** 2)
    # linearised variance of a ratio of sums
    spread = float(np.sqrt(residuals * parts / (parts - 1))) / total
    return middle, spread * float(stats.t.ppf(0.975, parts - 1))


def joined_difference(a: Rate, b: Rate, drawn: Floats) -> Difference:
    """The difference of two figures with intervals of their own that go up and down together.

    Zou and Donner (2008; Zou, 2007, for dependent figures): the ends of both intervals, joined by
    the correlation of both figures over the draws of a bootstrap.

    Args:
        a: of the first inspector, with an interval.
        b: of the second.
        drawn: float (R, 2), both figures in each draw of parts; NaN where there was no value.
    """
    ends = [(r.value, r.low, r.high) for r in (a, b)]
    if a.value is None or b.value is None or None in {a.low, a.high, b.low, b.high}:
        both = (b.value or 0.0) - (a.value or 0.0)
        return _difference(both, None, None, b.n, "too few parts for an interval")
    (one, a_low, a_high), (other, b_low, b_high) = np.array(ends, dtype=float)
    # (draws, 2), those where both figures exist
    tied = _correlation(drawn[np.isfinite(drawn).all(axis=1)])

    def reach(down: float, up: float) -> float:
        # Zou and Donner (2008), with correlation
        return float(np.sqrt(max(0.0, down**2 + up**2 - 2 * tied * down * up)))

    value = float(other - one)
    low = value - reach(other - b_low, a_high - one)
    high = value + reach(b_high - other, one - a_low)
    method = f"both intervals joined (Zou-Donner), correlation {tied:.2f} over draws of parts"
    return _difference(value, low, high, b.n, method)


def _correlation(drawn: Floats) -> float:
    # a figure that never changes is tied to nothing
    if len(drawn) < 2 or not (drawn.std(axis=0) > 1e-12).all():
        return 0.0
    return float(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1])


def _difference(
    value: float, low: float | None, high: float | None, n: int, method: str
) -> Difference:
    return Difference(value=value, low=low, high=high, n=n, method=method)
