"""Escapes and overkills at every threshold that tells scores apart."""

from dataclasses import dataclass

import numpy as np

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


class Sweeper:
    """Sorts scores once and sweeps them with any weights of the photos.

    Args:
        scores: defect scores (N,) in [0, 1].
        is_defective: truth (N,).
    """

    def __init__(self, scores: Floats, is_defective: Bools) -> None:
        known, self._level = np.unique(np.r_[0.0, scores, 1.0], return_inverse=True)
        self._level = self._level[1:-1]
        self._known = len(known)
        self.thresholds = (known[:-1] + known[1:]) / 2
        self.widths = np.diff(known)
        self.is_defective = is_defective

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
        summed = np.bincount(self._level, weights=weights, minlength=self._known)
        sums = np.cumsum(summed.astype(float))
        return sums[:-1], float(sums[-1])
