"""From which number of agreeing features on two photos show one part: told by the data.

Photos of different classes show different parts, but for a few wrong labels. How many features
agree on such pairs, although they were picked as the likeliest, tells what chance and a common
design can do; from there on the numbers fall off exponentially.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

FEWEST = 12
"""Never call fewer agreeing features a match, however clean the photos are."""
CAUTIOUS = 40
"""Taken where too few pairs of different parts are known."""

_KNOWN_PAIRS = 30
_FALSE_SHARE = 1e-3
_TAIL = 0.9  # the quantile that decides the tail; wrong labels are fewer than the rest


class Threshold(NamedTuple):
    """Where the line is drawn, and what that costs.

    Attributes:
        matches: agreeing features from which on two photos show one part.
        false_match_rate: estimated share of false pairs among those accepted; None if unknown.
        reason: how it was found, in words.
    """

    matches: int
    false_match_rate: float | None
    reason: str


def choose_threshold(different: Sequence[int], checked: Sequence[int]) -> Threshold:
    """Find the line.

    Args:
        different: agreeing features of pairs that show different parts, as far as labels tell.
        checked: agreeing features of all pairs that were drawn and checked.

    Returns:
        The lowest number at which at most one accepted pair in 1,000 is expected to be false.
    """
    if len(different) < _KNOWN_PAIRS:
        return Threshold(CAUTIOUS, None, "too few pairs of different parts to learn from")
    middle, high = np.quantile(different, [0.5, _TAIL])
    slope = max(0.8, float(high - middle) / np.log(0.5 / (1 - _TAIL)))
    pairs = np.sort(np.asarray(checked))
    for matches in range(FEWEST, 10_000):
        chance = (1 - _TAIL) * float(np.exp(-(matches - high) / slope))
        accepted = max(1, len(pairs) - int(np.searchsorted(pairs, matches)))
        share = min(1.0, min(chance, 1.0) * len(pairs) / accepted)
        if share <= _FALSE_SHARE:
            break
    return Threshold(
        matches,
        share,
        f"{len(different)} pairs across classes have {middle:.0f} agreeing features in the middle "
        f"and {high:.0f} at the ninth decile",
    )
