"""Whitening of features by their variation within parts.

Within-class covariance normalisation (Hatch, Kajarekar, Stolcke, Interspeech 2006), with parts as
classes: directions in which rotation, flips and illumination move a feature are scaled down.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import cholesky, solve_triangular

Floats = npt.NDArray[np.float64]
MOST_FEATURES = 2048
"""More features are only standardised: the eigenvectors of their covariance would take minutes."""
_RIDGE = 0.03
"""Added to the variance of standardised features. 0.01 and 0.1 are no better on unchanged and on
changed photos (benchmarks/training/LOG.md)."""


class Whitening(NamedTuple):
    """Features x become ((x - mean) / deviation) @ turn.

    Attributes:
        mean: float64 (F,).
        deviation: float64 (F,).
        turn: float64 (F, F), or None to leave directions as they are.
    """

    mean: Floats
    deviation: Floats
    turn: Floats | None

    def apply_single(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Whitened features float32 (N, F): half the memory, and half the time of a fit."""
        scaled = (values - self.mean.astype(np.float32)) / self.deviation.astype(np.float32)
        if self.turn is not None:
            scaled = scaled @ self.turn.astype(np.float32)
        return np.asarray(scaled, dtype=np.float32)

    def apply(self, values: npt.NDArray[np.float32]) -> Floats:
        """Whitened features (N, F)."""
        scaled = (values - self.mean) / self.deviation
        return np.asarray(scaled if self.turn is None else scaled @ self.turn)

    def undo(self, slopes: Floats, offsets: Floats) -> tuple[Floats, Floats]:
        """A linear function of whitened features (K, F), (K,) as one of plain features."""
        plain = (slopes if self.turn is None else slopes @ self.turn.T) / self.deviation
        return plain, offsets - plain @ self.mean


def _standardised(
    values: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    parts: npt.NDArray[np.int64],
) -> tuple[Whitening, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Mean and deviation alone; the number of each row's part, and the rows of each part."""
    mean = np.average(values, axis=0, weights=weights).astype(np.float64)
    deviation = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weights)) + 1e-6
    numbers = np.unique(parts, return_inverse=True)[1].reshape(-1)
    return Whitening(mean, deviation, None), numbers, np.bincount(numbers)


def fit_whitening(
    values: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    parts: npt.NDArray[np.int64],
) -> Whitening:
    """Fit the whitening on the differences between photos of one part.

    Args:
        values: features float32 (N, F).
        weights: float32 (N,), of the rows.
        parts: int (N,), equal for rows of one part.
    """
    plain, numbers, counts = _standardised(values, weights, parts)
    if values.shape[1] > MOST_FEATURES or counts.max() < 2:  # no part has two rows to compare
        return plain
    scaled = plain.apply(values)
    sums = np.zeros((len(counts), scaled.shape[1]))  # (parts, F)
    np.add.at(sums, numbers, scaled)
    apart = scaled - (sums / counts[:, None])[numbers]  # (N, F), each row minus its part's mean
    covariance = (apart * weights[:, None]).T @ apart / weights.sum()
    spread, directions = np.linalg.eigh(covariance)
    # The inverse square root of the covariance plus the ridge, (F, F).
    turn = directions @ np.diag((spread.clip(min=0) + _RIDGE) ** -0.5) @ directions.T
    return plain._replace(turn=turn)


def fit_whitening_fast(
    values: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    parts: npt.NDArray[np.int64],
) -> Whitening:
    """The same up to a rotation, in a tenth of the time.

    A classifier whose weights are regularised by their sum of squares is the same after any
    rotation of its features. So a triangular root of the covariance serves as well as the symmetric
    one, and takes no eigenvectors; products are in single precision.

    Args:
        values: features float32 (N, F).
        weights: float32 (N,), of the rows.
        parts: int (N,), equal for rows of one part.
    """
    plain, numbers, counts = _standardised(values, weights, parts)
    if values.shape[1] > MOST_FEATURES or counts.max() < 2:  # as in `fit_whitening`
        return plain
    scaled = plain.apply_single(values)
    order = np.argsort(numbers, kind="stable")
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
    means = np.add.reduceat(scaled[order], begins, axis=0) / counts[:, None].astype(np.float32)
    apart = (scaled - means[numbers]) * np.sqrt(weights)[:, None]
    covariance = (apart.T @ apart).astype(np.float64) / float(weights.sum())
    root = cholesky(covariance + _RIDGE * np.eye(len(covariance)), lower=True)
    # (root root')^-1 = turn turn'
    turn = solve_triangular(root, np.eye(len(root)), lower=True).T
    return plain._replace(turn=np.ascontiguousarray(turn))
