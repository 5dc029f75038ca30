"""Expected escape and overkill of new parts over the threshold, estimated from validation scores.

The lowest cost of a sample is a noisy minimum: it lies where the sample was lucky. Here the scores
of each side, good and defective, are described by a mean of three estimates on the logit scale:

- kernel: every score is spread by a normal distribution (Silverman's rate, n ** -0.2);
- normal: one normal distribution for the whole side;
- logistic: a logistic regression deals every score out to both sides, so that each side learns
  from all photos.

The kernel weighs as many parts as the side has, the models 20 and 40. So a side with few
parts leans on the models, and one with hundreds follows its own scores. How the weights were
chosen: decision 0015 and benchmarks/evaluation/threshold.py.
"""

import numpy as np
import numpy.typing as npt
from scipy import signal, special

from okng.evaluation.statistics.intervals import Bools, Floats, Groups
from okng.evaluation.threshold.logistic import logistic_shares
from okng.evaluation.threshold.threshold_sweep import Sweep

NORMAL_PARTS = 20.0
LOGISTIC_PARTS = 40.0
"""Weights of the two models, in parts."""
POOLED_PARTS = 10.0
"""Weight of the pooled variance in the variance of one side, in parts."""
_CELLS = 512
_MARGIN = 0.25  # of the range of logits, beyond the smallest and the largest
_FLOOR = 1e-7  # scores nearer to 0 and 1 have no useful logit
_NARROWEST = 1e-3  # range of logits below which all scores count as equal
_NARROWEST_KERNEL = 2.0  # in cells


class ExpectedRates:
    """Scores of validation photos, counted into cells of the logit once, for any weights.

    Args:
        scores: defect scores (N,) in [0, 1].
        is_defective: truth (N,); both kinds are there.
        groups: int (N,), equal for photos of one part.
    """

    def __init__(self, scores: Floats, is_defective: Bools, groups: Groups) -> None:
        logits = special.logit(np.clip(scores, _FLOOR, 1 - _FLOOR))
        low, high = float(logits.min()), float(logits.max())
        reach = max(high - low, _NARROWEST)  # all scores may be equal
        low, high = low - _MARGIN * reach, high + _MARGIN * reach
        self.places = np.linspace(low, high, _CELLS)
        self.thresholds = np.asarray(special.expit(self.places))
        # (N,) cell of each photo
        self._cells = np.rint((logits - low) / (high - low) * (_CELLS - 1)).astype(np.int64)
        self._is_defective = is_defective
        self.good_parts = len(np.unique(groups[~is_defective]))
        self.defective_parts = len(np.unique(groups[is_defective]))

    def sweep(self, weights: Floats | None = None) -> Sweep:
        """Expected rates at 512 thresholds, with weights (N,) of the photos; 1 when left out."""
        weights = np.ones(len(self._cells)) if weights is None else weights
        weighed = [weights * self._is_defective, weights * ~self._is_defective]
        totals = [float(w.sum()) for w in weighed]
        defective, good = (
            np.bincount(self._cells, w, _CELLS) / max(total, 1e-300)
            for w, total in zip(weighed, totals, strict=True)
        )
        escapes, passes = self._below(defective, good)
        # Cells are equal in the logit, so a threshold stands for `gradient` of the scores.
        return Sweep(self.thresholds, np.gradient(self.thresholds), escapes, 1 - passes, *totals)

    def _below(self, defective: Floats, good: Floats) -> tuple[Floats, Floats]:
        """Expected shares (G,) of defective and of good ones below each place."""
        parts = self.defective_parts, self.good_parts
        means, spreads = self._moments((defective, good), parts)
        joined = self._joined(defective, good, spreads, means)
        values = []
        for side, n, mean, spread, model in zip(
            (defective, good), parts, means, spreads, joined, strict=True
        ):
            # rule of thumb for kernels: n to the power of -1/5 (Scott, 1992)
            width = spread * n**-0.2
            kernel, logistic = (self._spread_out(share, width) for share in (side, model))
            normal = special.ndtr((self.places - mean) / spread)
            # the three estimates, weighed as parts
            summed = n * kernel + NORMAL_PARTS * normal + LOGISTIC_PARTS * logistic
            values.append(np.clip(summed / (n + NORMAL_PARTS + LOGISTIC_PARTS), 0, 1))
        return values[0], values[1]

    def _moments(
        self, sides: tuple[Floats, Floats], parts: tuple[int, int]
    ) -> tuple[list[float], list[float]]:
        """Mean and standard deviation of the logit of both sides."""
        means = [float(side @ self.places) for side in sides]
        own = [
            float(side @ (self.places - mean) ** 2) for side, mean in zip(sides, means, strict=True)
        ]
        shared = sum(n * v for n, v in zip(parts, own, strict=True)) / sum(parts)
        cell = self.places[1] - self.places[0]
        shared = max(shared, float(_NARROWEST_KERNEL * cell) ** 2)
        spreads = [
            float(np.sqrt((n * v + POOLED_PARTS * shared) / (n + POOLED_PARTS)))
            for n, v in zip(parts, own, strict=True)
        ]
        return means, spreads

    def _joined(
        self, defective: Floats, good: Floats, spreads: list[float], means: list[float]
    ) -> tuple[Floats, Floats]:
        """Where both sides lie if a logistic regression deals all photos out; each sums to 1."""
        middle = (means[0] + means[1]) / 2
        scale = np.sqrt((spreads[0] ** 2 + spreads[1] ** 2) / 2 + (means[0] - middle) ** 2)
        half = (self.defective_parts + self.good_parts) / 2
        shares = logistic_shares((self.places - middle) / scale, half * good, half * defective)
        both = defective + good
        dealt = both * shares, both * (1 - shares)
        return dealt[0] / dealt[0].sum(), dealt[1] / dealt[1].sum()

    def _spread_out(self, shares: Floats, width: float) -> Floats:
        """Share below each place when every score is spread by a normal distribution."""
        reach = self.places - self.places[0]
        kernel = special.ndtr(np.r_[-reach[:0:-1], reach] / width)
        return np.asarray(signal.fftconvolve(shares, kernel)[_CELLS - 1 : 2 * _CELLS - 1])


def lowest(cost: Floats, allowed: npt.NDArray[np.bool_] | None = None) -> int:
    """Where a cost (T,) is lowest; the middle of the first run where it is equally low."""
    usable = np.where(allowed, cost, np.inf) if allowed is not None else cost
    best = int(np.argmin(usable))
    others = np.flatnonzero(usable[best:] > usable[best] + 1e-9)
    last = best + int(others[0]) - 1 if len(others) else len(cost) - 1
    return (best + last) // 2
