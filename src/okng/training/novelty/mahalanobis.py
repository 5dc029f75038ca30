"""How unlike its training photos a photo is, as a share of parts that were not trained on.

The distance is Mahalanobis' (Lee et al., NeurIPS 2018), on maps from the middle of the network:
differences along directions in which parts differ anyway count little. So that another resolution,
a little noise or JPEG do not count either, what such changes do to a feature is added to the
covariance, thirty times over.

What distance is usual is told by parts that were left out (folds that no part crosses); beyond
nine in ten, where left-out parts are few, by the mean excess (peaks over threshold: Davison and
Smith, 1990). benchmarks/training/LOG.md has what was tried.
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
"""With fewer parts, nobody can say what is usual."""
_CHANGES_COUNT = 30.0  # times the covariance of what must not count
_RIDGE = 0.1  # of features with a deviation of 1
_MOST_FEATURES = 1024  # beyond, a random projection (Johnson and Lindenstrauss, 1984)
_FOLDS = 5
_BODY = 0.9  # share of parts whose distances are told by their order
_KNOTS = 46


class Measured(NamedTuple):
    """What a network says of photos, before it judges them.

    Attributes:
        values: float32 (N, F).
        parts: int64 (N,), equal for photos of one part.
        changes: float32 (M, F), what changes that must not count did to some of the values.
        rows: int64 (M,), to which.
    """

    values: npt.NDArray[np.float32]
    parts: npt.NDArray[np.int64]
    changes: npt.NDArray[np.float32]
    rows: npt.NDArray[np.int64]


class Familiarity(nn.Module):
    """Values (N, F) -> unfamiliarity (N,) in [0, 1].

    0.99 says: of a hundred parts that were not trained on, in the same light, one is as unlike.

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
        self.register_buffer("centre", torch.zeros(features))
        self.register_buffer("axes", torch.zeros(features, directions))
        self.register_buffer("knots", torch.zeros(_KNOTS))
        self.register_buffer("excess", torch.ones(1))

    def forward(self, values: Tensor) -> Tensor:
        """How unlike: float32 (N,) in [0, 1]."""
        distance = (((values - self.centre) @ self.axes) ** 2).mean(1).clamp(min=1e-12).log()
        gaps = (self.knots[1:] - self.knots[:-1]).clamp(min=1e-6)
        passed = ((distance[:, None] - self.knots[:-1]) / gaps).clamp(0, 1).mean(1)
        beyond = torch.relu(distance - self.knots[-1]) / self.excess
        return _BODY * passed + (1 - _BODY) * (1 - torch.exp(-beyond))

    @classmethod
    def restore(cls, state: dict[str, Tensor]) -> "Familiarity":
        """Rebuild from a `state_dict`."""
        module = cls(*state["axes"].shape)
        module.load_state_dict(state)
        return module.eval()


Metric = Callable[[Measured, Floats, npt.NDArray[np.int64]], tuple[Floats, Floats]]
"""Measured photos, what each counts (N,), and rows to learn from -> centre (F,), axes (F, K)."""


def damped_metric(
    measured: Measured, weights: Floats, rows: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """The distance described above: scores along its axes have a deviation of at most 1."""
    values, counts = measured.values[rows].astype(np.float64), weights[rows]
    centre = np.average(values, axis=0, weights=counts)
    scale = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=counts)) + 1e-6
    project = _projection(values.shape[1])
    seen = ((values - centre) / scale) @ project
    changed = (measured.changes[np.isin(measured.rows, rows)] / scale) @ project
    covariance = (seen * counts[:, None]).T @ seen / counts.sum()
    covariance += _CHANGES_COUNT * changed.T @ changed / max(1, len(changed))
    spread, directions = np.linalg.eigh(covariance + _RIDGE * np.eye(len(covariance)))
    return centre, (project @ (directions / np.sqrt(spread))) / scale[:, None]


def fit_familiarity(measured: Measured, metric: Metric = damped_metric) -> Familiarity | None:
    """Learn what is usual among training photos, and among parts left out of them.

    Args:
        measured: the training photos.
        metric: by what distances are measured.

    Returns:
        None with fewer than 20 parts.
    """
    parts = np.unique(measured.parts, return_inverse=True)[1].reshape(-1)
    counts = np.bincount(parts)
    if len(counts) < FEWEST_PARTS:
        return None
    weights = 1.0 / counts[parts]
    distances = np.empty(len(parts))
    for train, out in GroupKFold(_FOLDS, shuffle=True, random_state=0).split(parts, groups=parts):
        centre, axes = metric(measured, weights, train)
        distances[out] = _distances(measured.values[out], centre, axes)
    centre, axes = metric(measured, weights, np.arange(len(parts)))
    module = Familiarity(*axes.shape)
    module.centre.copy_(torch.from_numpy(centre))
    module.axes.copy_(torch.from_numpy(axes))
    knots, excess = _usual(distances, weights)
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


def _usual(distances: Floats, weights: Floats) -> tuple[Floats, float]:
    """Distances that shares of 0 to 0.9 of the parts do not exceed, and the mean excess beyond."""
    order = np.argsort(distances)
    shares = np.cumsum(weights[order]) / weights.sum()
    knots = np.interp(np.linspace(0, _BODY, _KNOTS), shares, distances[order])
    beyond = distances > knots[-1]
    if not beyond.any():
        return knots, 1e-3
    excess = np.average(distances[beyond] - knots[-1], weights=weights[beyond])
    return knots, max(float(excess), 1e-3)
