"""Learns from the photos how many features must agree for two photos to show one part.

Photos of different classes show different parts, except for a few wrong labels. The number of
agreeing features of such pairs, which are the likeliest candidates, measures the effect of chance
and of a common design. Above a high quantile these numbers fall off exponentially (peaks over
threshold, Pickands, 1975), which estimates how rare even higher numbers are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FEWEST = 20
"""Lowest threshold, however clean the photos are."""
CAUTIOUS = 60
"""Threshold if too few pairs of different parts are known."""

_KNOWN_PAIRS = 30  # pairs of different parts, at least, to learn a threshold
_FALSE_SHARE = 1e-3  # accepted fraction of false pairs: one in 1,000
_TAIL = 0.9  # quantile above which the numbers are fitted by an exponential
_CAUTION = 1.64  # standard errors, one-sided 95 %: few pairs underestimate the tail
_MOST = 10_000  # end of the search for a threshold; more than all features of a photo


class Threshold(NamedTuple):
    """The threshold, and its estimated error.

    Attributes:
        matches: number of agreeing features from which two photos show one part.
        false_match_rate: estimated fraction of false pairs among those accepted; None if unknown.
        reason: how it was determined, in words.
        common: 90 % quantile of the agreeing features of different parts: the effect of a common
            design; None if unknown.
    """

    matches: int
    false_match_rate: float | None
    reason: str
    common: float | None = None


class _Tail(NamedTuple):
    """An exponential tail: one in ten numbers is above `start`, by `slope` on average."""

    start: float
    slope: float

    def chance(self, matches: int) -> float:
        """Fraction of pairs of different parts with at least so many agreeing features."""
        return min(1.0, (1 - _TAIL) * float(np.exp(-(matches - self.start) / self.slope)))


def choose_threshold(
    different: Sequence[int],
    checked: Sequence[int],
    *,
    fewest: int = FEWEST,
    cautious: int = CAUTIOUS,
) -> Threshold:
    """Determine the threshold.

    Pairs of one part with a wrong label count as pairs of different parts. So the tail is first
    estimated from the lower numbers, and then again from all numbers below the first threshold.

    Args:
        different: agreeing features of pairs of different parts, according to their labels.
        checked: agreeing features of all pairs that were drawn and compared.
        fewest: the lowest threshold.
        cautious: the threshold if too few pairs of different parts are known.

    Returns:
        The lowest number at which at most one accepted pair in 1,000 is expected to be false.
    """
    if len(different) < _KNOWN_PAIRS:
        return Threshold(
            cautious,
            None,
            "a cautious threshold is used: too few pairs of photos of different classes are known",
        )
    numbers, pairs = np.asarray(different), np.sort(np.asarray(checked))
    # First estimate from median and 90 % quantile, which wrong labels hardly change.
    middle, high = np.quantile(numbers, [0.5, _TAIL])
    first, _ = _line(
        _Tail(high, _at_least_one((high - middle) / np.log(0.5 / (1 - _TAIL)))), pairs, fewest
    )
    below = numbers[numbers < first]
    # Second estimate without the pairs above the first threshold: those are wrong labels.
    high = float(np.quantile(below, _TAIL))
    above = below[below > high]
    tail = _Tail(high, _steepness(above - high))
    matches, share = _line(tail, pairs, fewest)
    return Threshold(
        matches,
        share,
        f"the threshold was learned from {len(below):,} pairs of photos of different classes, "
        f"which show different parts: half of them have at most {middle:.0f} agreeing features, "
        f"nine in ten at most {high:.0f}",
        high,
    )


def _line(tail: _Tail, pairs: npt.NDArray[np.int64], fewest: int) -> tuple[int, float]:
    """The lowest number with few enough false pairs among those accepted, and their fraction."""
    share = 1.0
    for matches in range(fewest, _MOST):
        accepted = max(1, len(pairs) - int(np.searchsorted(pairs, matches)))
        share = min(1.0, tail.chance(matches) * len(pairs) / accepted)
        if share <= _FALSE_SHARE:
            return matches, share
    return _MOST, share


def _steepness(excess: npt.NDArray[np.float64]) -> float:
    """Upper confidence limit of the mean distance of numbers (N,) from the start of the tail."""
    if not len(excess):
        return 1.0
    return _at_least_one(excess.mean() * (1 + _CAUTION / np.sqrt(len(excess))))


def _at_least_one(slope: float) -> float:
    return max(1.0, float(slope))
