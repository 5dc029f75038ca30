"""From which agreement on two photos of one design show one part, once the design is taken away."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from okng.auditing.near.compare import Comparison
from okng.auditing.near.design.remainders import Nearest, Remainders, build_remainders
from okng.auditing.near.threshold import Threshold, choose_threshold

_FEWEST, _CAUTIOUS = 30, 50  # hundredths of correlation
_ABOVE = 1.5  # times the highest agreement of different parts
_DRAWN, _OTHERS = 400, 3
_NEAREST = 10
_SHARED_BY = 0.5  # of the photos at least must lie on a design


class OwnMarks(NamedTuple):
    """What photos of one design show beside it, and how much of that two of one part share.

    Attributes:
        remainders: of all photos.
        line: its `matches` are hundredths of correlation.
    """

    remainders: Remainders
    line: Threshold

    def refute(self, a: int, b: int) -> bool:
        """Whether both are known and do not agree."""
        agreement = self.remainders.agreement(a, b)
        return agreement > -1 and not self._above(agreement)

    def agree(self, a: int, b: int) -> bool:
        """Whether two photos agree."""
        return self._above(self.remainders.agreement(a, b))

    def partners(self, numbers: Sequence[int]) -> list[tuple[int, list[int]]]:
        """For each of some photos those that agree with it, the likest first."""
        found = self.remainders.nearest(numbers, _NEAREST)
        return [
            (number, [int(other) for other, agreement in zip(*likest, strict=True)
                      if self._above(float(agreement))])
            for number, likest in zip(numbers, found, strict=True)
        ]  # fmt: skip

    def _above(self, agreement: float) -> bool:
        return 100 * agreement >= self.line.matches


def own_marks(labels: Sequence[str], compare: Comparison, seed: int) -> OwnMarks | None:
    """Take the common design away and draw the line.

    Args:
        labels: classes of all photos; photos of different classes are taken to show different
            parts.
        compare: knows the photos.
        seed: draws samples.

    Returns:
        None where most photos share no design.
    """
    rng = np.random.default_rng((seed, 31))
    remainders = build_remainders(labels, compare, rng)
    if remainders.photos < _SHARED_BY * len(labels):
        return None
    drawn = sorted(rng.permutation(len(labels))[:_DRAWN].tolist())
    found = remainders.nearest(drawn, len(labels))
    checked = [v for likest in found for v in _hundredths(likest.agreement[:_OTHERS].tolist())]
    different = [
        value
        for number, likest in zip(drawn, found, strict=True)
        for value in _hundredths(_of_others(labels, number, likest))
    ]
    line = choose_threshold(different, checked, fewest=_FEWEST, cautious=_CAUTIOUS)
    return OwnMarks(remainders, line._replace(matches=min(line.matches, _ceiling(different, line))))


def _ceiling(different: Sequence[int], line: Threshold) -> int:
    """The highest line that makes sense: well above all that different parts have reached.

    A correlation has an end, where an exponential tail that few pairs tell has none.
    """
    reached = max((value for value in different if value < line.matches), default=0)
    return max(_CAUTIOUS, round(_ABOVE * reached))


def _of_others(labels: Sequence[str], number: int, likest: Nearest) -> list[float]:
    """The highest agreements with photos of other classes."""
    pairs = zip(likest.numbers.tolist(), likest.agreement.tolist(), strict=True)
    return list(islice((v for other, v in pairs if labels[other] != labels[number]), _OTHERS))


def _hundredths(values: Sequence[float]) -> list[int]:
    return [round(100 * value) for value in values]
