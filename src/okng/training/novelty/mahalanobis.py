"""Novelty score: how unlike the training photos a photo is, as a quantile of held-out parts.

The distance is Mahalanobis' (Lee et al., NeurIPS 2018), on features from the middle of the network:
differences along directions in which parts vary anyway count little. Another resolution, a little
noise or JPEG must not count either, so the covariance of what such changes do to the features is
added to that of the parts, thirty times over.

Distances of held-out parts (folds that no part crosses) calibrate it: up to nine in ten by their
quantiles; beyond, where held-out parts are few, by the mean excess (peaks over threshold: Davison
and Smith, 1990). Decision 0008 has the reasons, benchmarks/training/LOG.md what was tried.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from sklearn.model_selection import GroupKFold
from torch import Tensor, nn

Floats = npt.NDArray[np.float64]
FEWEST_PARTS = 20
"""With fewer parts, no quantile of their distances means anything."""
_CHANGES_COUNT = 30.0
"""Weight of the covariance of harmless changes: with 30 in place of 10, 8 % instead of 20 % of
known parts under another camera are flagged (benchmarks/training/LOG.md)."""
_RIDGE = 0.1  # added to the variance of features whose variance is 1
_MOST_FEATURES = 1024  # more are projected at random (Johnson and Lindenstrauss, 1984)
_FOLDS = 5
_BODY = 0.9  # fraction of parts whose score is the quantile of their distance
_KNOTS = 46  # quantiles that are stored, 2 percentage points apart


class Measured(NamedTuple):
    """Descriptors of the training photos, and of harmless changes to some of them.

    Attributes:
        values: float32 (N, F).
        parts: int64 (N,), equal for photos of one part.
        changes: float32 (M, F), differences that harmless changes made to some of the values.
        rows: int64 (M,), to which of them.
    """

    values: npt.NDArray[np.float32]
    parts: npt.NDArray[np.int64]
    changes: npt.NDArray[np.float32]
    rows: npt.NDArray[np.int64]


class NoveltyDetector(nn.Module):
    """Descriptors (N, F) -> novelty scores (N,) in [0, 1].

    0.99 means: one in a hundred new parts, under the same illumination, is as far away.

    Args:
        features: F.
        directions: K, along which distances are measured.
    """

    centre: Tensor
    axes: Tensor
    knots: Tensor
    excess: Tensor

    def __init__(self, features: int, directions: int) -> None:
        super().__init__()
        # Names of the buffers are keys of saved files.
        self.register_buffer("centre", torch.zeros(features))
        self.register_buffer("axes", torch.zeros(features, directions))
        self.register_buffer("knots", torch.zeros(_KNOTS))
        self.register_buffer("excess", torch.ones(1))

    def forward(self, values: Tensor) -> Tensor:
        """Novelty scores float32 (N,) in [0, 1] of descriptors (N, F)."""
        distance = (((values - self.centre) @ self.axes) ** 2).mean(1).clamp(min=1e-12).log()
        # Linear between the stored quantiles: the mean over all gaps of how much of each is passed.
        gaps = (self.knots[1:] - self.knots[:-1]).clamp(min=1e-6)
        passed = ((distance[:, None] - self.knots[:-1]) / gaps).clamp(0, 1).mean(1)
        # Exponential beyond the last one.
        beyond = torch.relu(distance - self.knots[-1]) / self.excess
        return _BODY * passed + (1 - _BODY) * (1 - torch.exp(-beyond))

    @classmethod
    def restore(cls, state: dict[str, Tensor]) -> "NoveltyDetector":
        """Rebuild from a `state_dict`."""
        module = cls(*state["axes"].shape)
        module.load_state_dict(state)
        return module.eval()


Metric = Callable[[Measured, Floats, npt.NDArray[np.int64]], tuple[Floats, Floats]]
"""Measured photos, their weights (N,), and rows to fit on -> centre (F,), axes (F, K)."""


def damped_metric(
    measured: Measured, weights: Floats, rows: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """The distance described above: scores along its axes have a deviation of at most 1."""
    values, counts = measured.values[rows].astype(np.float64), weights[rows]
    centre = np.average(values, axis=0, weights=counts)  # (F,)
    scale = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=counts)) + 1e-6
    project = _projection(values.shape[1])  # (F, P)
    scaled = ((values - centre) / scale) @ project  # (n, P)
    changed = (measured.changes[np.isin(measured.rows, rows)] / scale) @ project  # (m, P)
    covariance = (scaled * counts[:, None]).T @ scaled / counts.sum()
    # Changes are differences already, so their second moment is taken as it is.
    covariance += _CHANGES_COUNT * changed.T @ changed / max(1, len(changed))
    spread, directions = np.linalg.eigh(covariance + _RIDGE * np.eye(len(covariance)))
    return centre, (project @ (directions / np.sqrt(spread))) / scale[:, None]


def fit_detector(measured: Measured, metric: Metric = damped_metric) -> NoveltyDetector | None:
    """Fit the detector on the training photos, and calibrate it on held-out parts.

    Args:
        measured: the training photos.
        metric: fits the distance.

    Returns:
        None with fewer than 20 parts.
    """
    parts = np.unique(measured.parts, return_inverse=True)[1].reshape(-1)
    counts = np.bincount(parts)
    if len(counts) < FEWEST_PARTS:
        return None
    weights = 1.0 / counts[parts]  # every part counts once, however many photos it has
    distances = np.empty(len(parts))
    # Distances of held-out parts: a part that the metric was fitted on lies too near.
    for train, out in GroupKFold(_FOLDS, shuffle=True, random_state=0).split(parts, groups=parts):
        centre, axes = metric(measured, weights, train)
        distances[out] = _distances(measured.values[out], centre, axes)
    centre, axes = metric(measured, weights, np.arange(len(parts)))
    module = NoveltyDetector(*axes.shape)
    module.centre.copy_(torch.from_numpy(centre))
    module.axes.copy_(torch.from_numpy(axes))
    knots, excess = _quantiles(distances, weights)
    module.knots.copy_(torch.from_numpy(knots))
    module.excess.fill_(excess)
    return module.eval()


def _projection(features: int) -> Floats:
    if features <= _MOST_FEATURES:
        return np.eye(features)
    drawn = np.random.default_rng(0).standard_normal((features, _MOST_FEATURES))
    return np.asarray(drawn / np.sqrt(_MOST_FEATURES))


def _distances(values: npt.NDArray[np.float32], centre: Floats, axes: Floats) -> Floats:
    """Logarithms of mean squares."""
    return np.asarray(np.log((((values - centre) @ axes) ** 2).mean(1).clip(min=1e-12)))


def _quantiles(distances: Floats, weights: Floats) -> tuple[Floats, float]:
    """Quantiles 0 to 0.9 of the parts' distances, and the mean excess beyond the last."""
    order = np.argsort(distances)
    shares = np.cumsum(weights[order]) / weights.sum()
    knots = np.interp(np.linspace(0, _BODY, _KNOTS), shares, distances[order])
    beyond = distances > knots[-1]
    if not beyond.any():
        return knots, 1e-3
    excess = np.average(distances[beyond] - knots[-1], weights=weights[beyond])
    return knots, max(float(excess), 1e-3)
