"""Escapes and overkills over the threshold: the only place where they are counted."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.evaluation.statistics.intervals import Bools, Floats


@dataclass(frozen=True)
class Sweep:
    """Rates at rising thresholds, each in the middle between two scores that occur.

    Attributes:
        thresholds: (T,), in (0, 1).
        widths: how wide the gap around each threshold is.
        escape_rate: share of defective photos below each threshold; rises.
        overkill_rate: share of good photos at or above it; falls.
        defective: weight of defective photos.
        good: weight of good photos.
    """

    thresholds: Floats
    widths: Floats
    escape_rate: Floats
    overkill_rate: Floats
    defective: float
    good: float

    @property
    def f1(self) -> Floats:
        """Harmonic mean of precision and recall at each threshold."""
        hits = (1 - self.escape_rate) * self.defective
        called = hits + self.overkill_rate * self.good
        return np.asarray(2 * hits / (called + self.defective))

    def cost(self, escape: float, overkill: float) -> Floats:
        """Cost of both rates at each threshold."""
        return escape * self.escape_rate + overkill * self.overkill_rate

    def widest(self, allowed: Bools) -> int:
        """Of the allowed thresholds the one in the widest gap, farthest from any photo seen."""
        rows = np.flatnonzero(allowed)
        return int(rows[np.argmax(self.widths[rows])])


class Counts(NamedTuple):
    """Photos with the wrong verdict at each threshold.

    Attributes:
        escapes: int (T,), defective photos below it.
        overkills: int (T,), good photos at or above it.
    """

    escapes: npt.NDArray[np.int64]
    overkills: npt.NDArray[np.int64]


def middles(scores: Floats) -> Floats:
    """Thresholds (T,), rising, one between each two neighbouring scores, 0 and 1 among them."""
    known = _known(scores)
    # half-way between neighbours: as far from both as it can be
    return np.asarray((known[:-1] + known[1:]) / 2)


class Sweeper:
    """Assigns scores to thresholds once and counts with any weights of the photos.

    Args:
        scores: defect scores (N,) in [0, 1].
        is_defective: truth (N,).
        thresholds: (T,), rising; the middles between the scores when left out.
    """

    def __init__(
        self, scores: Floats, is_defective: Bools, thresholds: Floats | None = None
    ) -> None:
        self.thresholds = middles(scores) if thresholds is None else thresholds
        self.widths = (
            np.diff(_known(scores)) if thresholds is None else np.diff(thresholds, append=1.0)
        )
        # A score at or above a threshold is NG, so it is below all thresholds after its level.
        self._level = np.searchsorted(self.thresholds, scores, side="right")
        self.is_defective = is_defective

    def counts(self) -> Counts:
        """Photos with the wrong verdict, each counting once."""
        ones = np.ones(len(self._level))
        escapes, _ = self._below(ones * self.is_defective)
        passes, good = self._below(ones * ~self.is_defective)
        return Counts(escapes.astype(np.int64), (good - passes).astype(np.int64))

    def sweep(self, weights: Floats | None = None) -> Sweep:
        """The rates with weights (N,) of the photos; each counts once when left out."""
        weights = np.ones(len(self._level)) if weights is None else weights
        below = [self._below(weights * kind) for kind in (self.is_defective, ~self.is_defective)]
        (bad, defective), (fine, good) = below
        return Sweep(
            self.thresholds,
            self.widths,
            bad / max(defective, 1e-300),
            1 - fine / max(good, 1e-300),
            defective,
            good,
        )

    def _below(self, weights: Floats) -> tuple[Floats, float]:
        """Weight below each threshold, and in all."""
        summed = np.bincount(self._level, weights=weights, minlength=len(self.thresholds) + 1)
        sums = np.cumsum(summed.astype(float))
        return sums[:-1], float(sums[-1])  # the last sum holds all


def _known(scores: Floats) -> Floats:
    """Every value (K,) that occurs, with both ends of the scale."""
    return np.unique(np.r_[0.0, scores, 1.0])  # 0 and 1: thresholds below and above all scores
