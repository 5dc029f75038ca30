"""Distributions that a station needs, without SciPy: 115 MB of its image, and time of each start.

They give what SciPy gives, to nine digits (tests/evaluation/test_distributions.py). What no station
loads uses SciPy itself.
"""

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_TINY = 1e-300
_PRECISION = 1e-14
_MOST_TERMS = 100_000
_MOST_STEPS = 1100  # a float can be halved as often


def normal_quantile(p: float) -> float:
    """Value that a standard normal stays below with probability p."""
    return NormalDist().inv_cdf(p)


def expit(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(x / 2)), np.float64)


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    # the fraction converges fast on this side of the mean; I_x(a, b) = 1 - I_1-x(b, a)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    log = a * math.log(x) + b * math.log1p(-x) - _log_beta(a, b) - math.log(a)
    return math.exp(log) * _fraction(x, a, b)


def beta_quantile(p: float, a: float, b: float) -> float:
    """Value that a beta variable stays below with probability p, in (0, 1)."""
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_MOST_STEPS):
        error = beta_cdf(x, a, b) - p
        low, high = (x, high) if error < 0 else (low, x)
        # Newton's step, or half of what is left where that leads out of it
        density = math.exp((a - 1) * math.log(x) + (b - 1) * math.log1p(-x) - _log_beta(a, b))
        following = x - error / density if density > 0 else math.nan
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - x) <= _PRECISION * following or following in (0.0, 1.0):
            return following
        x = following
    return x


def student_cdf(t: Floats, freedom: float) -> Floats:
    """Probability that Student's t stays below each value.

    Args:
        t: of any shape.
        freedom: degrees of freedom; they need not be whole.
    """
    halves = [
        0.5 * beta_cdf(freedom / (freedom + each * each), freedom / 2, 0.5) for each in t.flat
    ]
    tails = np.array(halves).reshape(t.shape)
    return np.where(t > 0, 1 - tails, tails)


def student_quantile(p: float, freedom: float) -> float:
    """Value that Student's t stays below with probability p, in (0, 1)."""
    if p <= 0.5:
        return 0.0 if p == 0.5 else -student_quantile(1 - p, freedom)
    x = beta_quantile(2 * (1 - p), freedom / 2, 0.5)
    return math.sqrt(freedom * (1 - x) / x)


def chi_square_tail(x: float, freedom: int) -> float:
    """Probability that a chi-square variable with an even number of degrees exceeds x.

    That is the probability of fewer than half as many events of a Poisson process of mean x / 2.
    """
    terms = np.arange(freedom // 2)
    if x <= 0:
        return 1.0
    logs = terms * math.log(x / 2) - x / 2 - np.array([math.lgamma(k + 1) for k in terms])
    return min(1.0, math.fsum(np.exp(logs)))


def binomial_cdf(k: int, parts: int, rate: float) -> float:
    """Probability of at most k of some parts, at a rate in (0, 1)."""
    return 1.0 if k >= parts else beta_cdf(1 - rate, parts - k, k + 1)


def binomial_quantile(p: float, parts: int, rate: float) -> int:
    """Least number of parts that are not exceeded with probability p, at a rate in (0, 1)."""
    low, high = -1, parts
    while high - low > 1:
        middle = (low + high) // 2
        reached = binomial_cdf(middle, parts, rate) >= p
        low, high = (low, middle) if reached else (middle, high)
    return high


def beta_binomial_quantile(p: float, parts: int, a: float, b: float) -> int:
    """The same where the share itself varies as a beta variable."""
    k = np.arange(parts)
    # P(k + 1) / P(k), as a sum of logarithms
    ratios = np.log((parts - k) / (k + 1)) + np.log(k + a) - np.log(parts - k - 1 + b)
    first = _log_beta(a, parts + b) - _log_beta(a, b)
    sums = np.cumsum(np.exp(first + np.concatenate(([0.0], np.cumsum(ratios)))))
    return min(int(np.searchsorted(sums, p)), parts)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22)."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return value


def _away(x: float) -> float:
    """A divisor that is not 0."""
    return x if abs(x) > _TINY else _TINY
