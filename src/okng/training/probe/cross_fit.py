"""Folds: every photo teaches the classifier, and every photo is judged by one that never saw it.

A small validation split chooses a threshold by a handful of parts. Here all photos are shared out
to folds that no part crosses; for each fold a classifier learns from the others and judges it. The
mean of these linear classifiers is a linear classifier again, so it costs the line nothing, and
their scores on photos they did not see serve calibration and threshold (cross-validated
calibration: Platt, 1999; Niculescu-Mizil and Caruana, ICML 2005).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from sklearn.model_selection import StratifiedGroupKFold
from torch import Tensor, nn

from okng.config import Folds, Settings
from okng.training.probe.logistic_head import (
    Features,
    fit_heads,
    looked_at,
    losses,
)

Labels = npt.NDArray[np.int64]
_WANTED = {Folds.AUTO: None, Folds.ALWAYS: True, Folds.NEVER: False}
FOLDS = 5
_FEWEST_FOLDS = 3
SMALL = 100
"""Photos, or parts, of a class below which validation alone is too small to decide by."""


class Folded(NamedTuple):
    """The mean of the classifiers of all folds.

    Attributes:
        head: the mean.
        unseen: logits float32 (N, outputs) of the photos as they are, the mean over looks, each
            from the classifier that did not see its part.
        folds: how many.
    """

    head: nn.Linear
    unseen: Tensor
    folds: int


def fold_count(labels: Labels, parts: Labels) -> int:
    """How many folds are possible, with a part of each class in each; 0 for too few."""
    pairs = np.unique(np.stack([labels, parts]), axis=1)[0]
    fewest = int(np.unique(pairs, return_counts=True)[1].min())
    return 0 if fewest < _FEWEST_FOLDS else min(FOLDS, fewest)


def wanted_folds(settings: Settings) -> bool | None:
    """Whether classifiers are to come from folds; None where the number of parts decides."""
    return _WANTED[settings.training.folds or Folds.AUTO]


def layers_stay(settings: Settings, labels: Labels, parts: Labels) -> bool:
    """Whether the classifier comes from folds, so that no layers may learn, whatever the recipe.

    Layers that learn would learn few parts by heart. A network that is not read at all depths has
    little to offer as it is: its layers learn all the same.

    Args:
        settings: resolved.
        labels: class indices (N,) of all photos but those of the test.
        parts: int (N,), equal for photos of one part.
    """
    return settings.model.reads_depths and bool(folds_due(labels, parts, wanted_folds(settings)))


def folds_due(labels: Labels, parts: Labels, wanted: bool | None) -> int:
    """How many folds the classifier is to come from; 0 for none.

    Args:
        labels: class indices (N,).
        parts: int (N,), equal for photos of one part.
        wanted: None decides by how many parts there are.
    """
    wanted = is_small(labels, parts) if wanted is None else wanted
    return fold_count(labels, parts) if wanted else 0


def is_small(labels: Labels, parts: Labels) -> bool:
    """Whether some class has fewer than 100 parts."""
    pairs = np.unique(np.stack([labels, parts]), axis=1)[0]
    return bool(np.unique(pairs, return_counts=True)[1].min() < SMALL)


def fit_folds(views: list[Features], count: int, seed: int, looks: int = 1) -> Folded:
    """Fit a classifier for each fold.

    Args:
        views: the same photos in several draws; the first as they are.
        count: folds, see `fold_count`.
        seed: decides who is in which.
        looks: how many of the first views are looks at the photos as they are; what is said of a
            photo is their mean.
    """
    judged = looked_at(views, looks)
    plain = judged[0]
    labels, parts = plain.labels.numpy(), plain.parts.numpy()
    shares = list(
        StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(labels, labels, parts)
    )
    fitted = [fit_heads(Features.join([view.take(learn) for view in views])) for learn, _ in shares]
    lost = torch.stack([
        losses(heads, Features.join([view.take(unseen) for view in judged[:2]])) * len(unseen)
        for heads, (_, unseen) in zip(fitted, shares, strict=True)
    ])  # fmt: skip
    best = int(lost.sum(0).argmin())
    chosen = [heads[best] for heads in fitted]
    unseen = torch.empty(len(labels), chosen[0].out_features)
    with torch.no_grad():
        for head, (_, rows) in zip(chosen, shares, strict=True):
            unseen[rows] = head(plain.values[rows])
    return Folded(_mean(chosen), unseen, count)


@torch.no_grad()
def _mean(heads: list[nn.Linear]) -> nn.Linear:
    mean = nn.Linear(heads[0].in_features, heads[0].out_features)
    mean.weight.copy_(torch.stack([head.weight for head in heads]).mean(0))
    mean.bias.copy_(torch.stack([head.bias for head in heads]).mean(0))
    return mean
