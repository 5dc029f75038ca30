"""The threshold on the correlation of two photos without their common design."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from okng.auditing.near.compare import Comparison
from okng.auditing.near.design.remainders import Nearest, Remainders, build_remainders
from okng.auditing.near.threshold import Threshold, choose_threshold

_FEWEST, _CAUTIOUS = 30, 50  # hundredths of correlation: copies have 40 to 90 (decision 0016)
_ABOVE = 1.5  # times the highest correlation of different parts
_DRAWN, _OTHERS = 400, 3  # photos drawn, and photos of other classes compared with each
_NEAREST = 10  # photos that are compared with each photo
_SHARED_BY = 0.5  # fraction of the photos that must show a common design


class OwnMarks(NamedTuple):
    """Remainders of photos without their common design, with a threshold on their correlation.

    Attributes:
        remainders: remainders of all photos.
        line: the threshold; its `matches` are hundredths of correlation.
    """

    remainders: Remainders
    line: Threshold

    def refute(self, a: int, b: int) -> bool:
        """Whether both remainders are known and do not agree."""
        agreement = self.remainders.agreement(a, b)
        return agreement > -1 and not self._above(agreement)

    def agree(self, a: int, b: int) -> bool:
        """Whether the remainders of two photos agree."""
        return self._above(self.remainders.agreement(a, b))

    def partners(self, numbers: Sequence[int]) -> list[tuple[int, list[int]]]:
        """For each of some photos, the photos that agree with it, the highest correlation first."""
        nearest = self.remainders.nearest(numbers, _NEAREST)
        return [
            (number, [int(other) for other, agreement in zip(*likest, strict=True)
                      if self._above(float(agreement))])
            for number, likest in zip(numbers, nearest, strict=True)
        ]  # fmt: skip

    def _above(self, agreement: float) -> bool:
        return 100 * agreement >= self.line.matches


def own_marks(labels: Sequence[str], compare: Comparison, seed: int) -> OwnMarks | None:
    """Remove the common design and determine the threshold.

    Args:
        labels: classes of all photos; photos of different classes are assumed to show different
            parts.
        compare: access to the photos.
        seed: seeds the samples.

    Returns:
        The remainders and the threshold; None if most photos have no common design.
    """
    rng = np.random.default_rng((seed, 31))
    remainders = build_remainders(labels, compare, rng)
    if remainders.photos < _SHARED_BY * len(labels):
        return None
    drawn = sorted(rng.permutation(len(labels))[:_DRAWN].tolist())
    nearest = remainders.nearest(drawn, len(labels))
    checked = [v for likest in nearest for v in _hundredths(likest.agreement[:_OTHERS].tolist())]
    different = [
        value
        for number, likest in zip(drawn, nearest, strict=True)
        for value in _hundredths(_of_others(labels, number, likest))
    ]
    line = choose_threshold(different, checked, fewest=_FEWEST, cautious=_CAUTIOUS)
    return OwnMarks(remainders, line._replace(matches=min(line.matches, _ceiling(different, line))))


def _ceiling(different: Sequence[int], line: Threshold) -> int:
    """The highest meaningful threshold: well above the correlations of different parts.

    A correlation is bounded; an exponential tail that is fitted to few pairs is not.
    """
    reached = max((value for value in different if value < line.matches), default=0)
    return max(_CAUTIOUS, round(_ABOVE * reached))


def _of_others(labels: Sequence[str], number: int, likest: Nearest) -> list[float]:
    """The highest correlations with photos of other classes."""
    pairs = zip(likest.numbers.tolist(), likest.agreement.tolist(), strict=True)
    return list(islice((v for other, v in pairs if labels[other] != labels[number]), _OTHERS))


def _hundredths(values: Sequence[float]) -> list[int]:
    return [round(100 * value) for value in values]
