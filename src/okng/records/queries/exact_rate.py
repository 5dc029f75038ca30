"""Exact interval of a share, without SciPy, which a station does not install.

`okng.evaluation.statistics` computes the same for reports; a test compares the two.
"""

import math
from typing import NamedTuple

_STEPS = 200
"""Terms of the continued fraction; it converges in O(sqrt(n)), 30 for n = 1000."""
_TINY = 1e-300


class ExactRate(NamedTuple):
    """A share with its exact 95 % interval (Clopper and Pearson, 1934).

    Attributes:
        value: the share, in [0, 1]; None where there was nothing to count.
        low: lower end of the interval; likewise.
        high: upper end of the interval; likewise.
        n: what it was counted on.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


def exact_rate(hits: int, n: int, confidence: float = 0.95) -> ExactRate:
    """The share of hits among n, with its two-sided interval."""
    if n == 0:
        return ExactRate(None, None, None, 0)
    tail = (1 - confidence) / 2
    low = _quantile(tail, hits, n - hits + 1) if hits else 0.0
    high = _quantile(1 - tail, hits + 1, n - hits) if hits < n else 1.0
    return ExactRate(hits / n, low, high, n)


def _quantile(probability: float, a: float, b: float) -> float:
    """The quantile of a beta distribution, by bisection to 2**-60."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _incomplete_beta(a, b, middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges on the other side
        return 1 - _incomplete_beta(b, a, 1 - x)
    factor = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    factor += a * math.log(x) + b * math.log1p(-x)
    return math.exp(factor) * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of I_x by Lentz's method (Press et al., Numerical Recipes, 6.4)."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    steps = _STEPS + int(2 * math.sqrt(a + b))
    for m in range(1, steps):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value


def _away(number: float) -> float:
    """The number, kept away from a division by zero."""
    return number if abs(number) > _TINY else _TINY
