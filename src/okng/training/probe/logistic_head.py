"""Logistic regression on the features of a frozen network, as linear layers."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from okng.training.fine_tune.loss import weighted_loss
from okng.training.probe.whitening import Whitening, fit_whitening

STRENGTHS = (3e-4, 1e-3, 1e-2, 1e-1)
"""Inverse strengths of the regularisation (`C`) to choose from by the loss on held-out photos."""
_ITERATIONS = 2000  # at most; the solver stops as soon as it converges


class Features(NamedTuple):
    """What the classifier of a network sees, in rows.

    Attributes:
        values: float32 (N, F).
        labels: int64 (N,).
        weights: float32 (N,).
        parts: int64 (N,), equal for photos of one part and for views of one photo.
    """

    values: Tensor
    labels: Tensor
    weights: Tensor
    parts: Tensor

    @staticmethod
    def join(pieces: "list[Features]") -> "Features":
        """All rows, one below the other."""
        return Features(*(torch.cat(column) for column in zip(*pieces, strict=True)))

    def take(self, rows: npt.NDArray[np.int64]) -> "Features":
        """Some of the rows."""
        return Features(*(column[rows] for column in self))


def mean_of_passes(views: list[Features], passes: int) -> list[Features]:
    """Views to score: the mean features over the orientations, then the random draws.

    A linear classifier gives mean features the mean of its logits of each orientation.

    Args:
        views: the same photos in several views.
        passes: how many of the first views show the photos as they are, each in an orientation.
    """
    if passes == 1:
        return views
    values = torch.stack([view.values for view in views[:passes]]).mean(0)
    return [views[0]._replace(values=values), *views[passes:]]


def fit_heads(features: Features) -> list[nn.Linear]:
    """A classifier for each strength of regularisation."""
    values, weights, parts = (
        column.numpy() for column in (features.values, features.weights, features.parts)
    )
    whitening = fit_whitening(values, weights, parts)
    whitened = whitening.apply(values)
    return [fit_head(whitening, whitened, features, strength) for strength in STRENGTHS]


def fit_head(
    whitening: Whitening, whitened: npt.NDArray[np.float64], features: Features, strength: float
) -> nn.Linear:
    """A logistic regression on whitened features, as a layer on plain ones."""
    model = LogisticRegression(C=strength, max_iter=_ITERATIONS).fit(
        whitened, features.labels.numpy(), sample_weight=features.weights.numpy()
    )
    # As a layer on plain features: on the line, whitening costs nothing.
    slopes, offsets = whitening.undo(model.coef_, model.intercept_)
    layer = nn.Linear(slopes.shape[1], slopes.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(slopes))
        layer.bias.copy_(torch.from_numpy(offsets))
    return layer


@torch.no_grad()
def logits_of(head: nn.Linear, features: Features) -> Tensor:
    """Logits (N, outputs) of all rows."""
    logits: Tensor = head(features.values)
    return logits


def losses(heads: list[nn.Linear], features: Features) -> Tensor:
    """The loss of each classifier, float32 (H,)."""
    return torch.stack([
        weighted_loss(logits_of(head, features), features.labels, features.weights)
        for head in heads
    ])  # fmt: skip
