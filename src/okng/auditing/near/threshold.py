"""From which number of agreeing features on two photos show one part: told by the data.

Photos of different classes show different parts, but for a few wrong labels. How many features
agree on such pairs, although they were picked as the likeliest, tells what chance and a common
design can do. Above a high quantile such numbers fall off exponentially (peaks over a threshold,
Pickands, 1975), which tells how rare even higher ones are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FEWEST = 20
"""Never call fewer agreeing features a match, however clean the photos are."""
CAUTIOUS = 60
"""Taken where too few pairs of different parts are known."""

_KNOWN_PAIRS = 30
_FALSE_SHARE = 1e-3
_TAIL = 0.9  # the quantile from which on the numbers fall off exponentially
_CAUTION = 1.64  # standard errors: a tail that is told from few pairs may be longer than it looks
_MOST = 10_000


class Threshold(NamedTuple):
    """Where the line is drawn, and what that costs.

    Attributes:
        matches: agreeing features from which on two photos show one part.
        false_match_rate: estimated share of false pairs among those accepted; None if unknown.
        reason: how it was found, in words.
        common: features that agree on nine in ten pairs of different parts, at most: what they
            share; None if unknown.
    """

    matches: int
    false_match_rate: float | None
    reason: str
    common: float | None = None


class _Tail(NamedTuple):
    """How the highest numbers fall off: one in ten lies above `start`, by `slope` on average."""

    start: float
    slope: float

    def chance(self, matches: int) -> float:
        """Share of pairs of different parts with so many agreeing features, or more."""
        return min(1.0, (1 - _TAIL) * float(np.exp(-(matches - self.start) / self.slope)))


def choose_threshold(
    different: Sequence[int],
    checked: Sequence[int],
    *,
    fewest: int = FEWEST,
    cautious: int = CAUTIOUS,
) -> Threshold:
    """Find the line.

    Wrong labels make pairs of one part look like pairs of different parts. So the tail is told from
    the lower numbers first, then anew from all that lie below the line that this gives.

    Args:
        different: agreeing features of pairs that show different parts, as far as labels tell.
        checked: agreeing features of all pairs that were drawn and checked.
        fewest: the lowest line.
        cautious: the line where too few pairs of different parts are known.

    Returns:
        The lowest number at which at most one accepted pair in 1,000 is expected to be false.
    """
    if len(different) < _KNOWN_PAIRS:
        return Threshold(
            cautious,
            None,
            "a cautious line was taken: too few pairs of photos of different classes are known",
        )
    numbers, pairs = np.asarray(different), np.sort(np.asarray(checked))
    middle, high = np.quantile(numbers, [0.5, _TAIL])
    first, _ = _line(
        _Tail(high, _at_least_one((high - middle) / np.log(0.5 / (1 - _TAIL)))), pairs, fewest
    )
    believed = numbers[numbers < first]
    high = float(np.quantile(believed, _TAIL))
    above = believed[believed > high]
    tail = _Tail(high, _steepness(above - high))
    matches, share = _line(tail, pairs, fewest)
    return Threshold(
        matches,
        share,
        f"the line was learned from {len(believed):,} pairs of photos of different classes, which "
        f"show different parts: half of them have at most {middle:.0f} features that agree, nine "
        f"in ten at most {high:.0f}",
        high,
    )


def _line(tail: _Tail, pairs: npt.NDArray[np.int64], fewest: int) -> tuple[int, float]:
    """The lowest number with few enough false pairs among those accepted, and their share."""
    share = 1.0
    for matches in range(fewest, _MOST):
        accepted = max(1, len(pairs) - int(np.searchsorted(pairs, matches)))
        share = min(1.0, tail.chance(matches) * len(pairs) / accepted)
        if share <= _FALSE_SHARE:
            return matches, share
    return _MOST, share


def _steepness(excess: npt.NDArray[np.float64]) -> float:
    """How far numbers lie above the start of the tail: the upper end of what their mean may be."""
    if not len(excess):
        return 1.0
    return _at_least_one(excess.mean() * (1 + _CAUTION / np.sqrt(len(excess))))


def _at_least_one(slope: float) -> float:
    return max(1.0, float(slope))
