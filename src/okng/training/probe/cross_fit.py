"""Cross-fitting: every photo fits the classifier, and every photo is scored out of fold.

A small validation split chooses a threshold by a handful of parts. Here all photos are assigned to
folds that no part crosses; for each fold a classifier is fitted on the others and scores it. The
mean of these linear classifiers is a linear classifier again, so inference costs nothing more, and
their out-of-fold scores serve calibration and threshold (cross-validated calibration: Platt, 1999;
Niculescu-Mizil and Caruana, ICML 2005).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from sklearn.model_selection import StratifiedGroupKFold
from torch import Tensor, nn

from okng.config import Folds, ResolvedSettings
from okng.training.networks.registry import reads_depths
from okng.training.probe.logistic_head import (
    STRENGTHS,
    Features,
    fit_heads,
    losses,
    mean_of_passes,
)

Labels = npt.NDArray[np.int64]
FOLDS = 5  # at most; each costs one more fit of the classifier
_FEWEST_FOLDS = 3  # with two, a classifier would be fitted on half of the parts
SMALL = 100
"""Parts of a class below which the validation split alone is too small to choose a threshold."""


class CrossFit(NamedTuple):
    """The mean of the classifiers of all folds.

    Attributes:
        head: the mean.
        out_of_fold: logits float32 (N, outputs) of the photos as they are, the mean over the
            passes, each from the classifier that was not fitted on its part.
        folds: how many.
        strength: inverse strength of the regularisation of all of them.
    """

    head: nn.Linear
    out_of_fold: Tensor
    folds: int
    strength: float


def fold_count(labels: Labels, parts: Labels) -> int:
    """How many folds are possible, with a part of each class in each; 0 for too few."""
    # One entry per part and class; a part with two classes counts in both.
    pairs = np.unique(np.stack([labels, parts]), axis=1)[0]
    fewest = int(np.unique(pairs, return_counts=True)[1].min())
    return 0 if fewest < _FEWEST_FOLDS else min(FOLDS, fewest)


def folds_setting(settings: ResolvedSettings) -> Folds:
    """When the classifier is to be cross-fitted; left open, the number of parts decides."""
    return settings.training.folds


def only_probe(settings: ResolvedSettings, labels: Labels, parts: Labels) -> bool:
    """Whether the classifier is cross-fitted and no layers may learn, whatever the recipe.

    Layers that learn would overfit few parts. A network that is not read at all depths gains
    little from a probe alone, so its layers learn all the same.

    Args:
        settings: resolved.
        labels: class indices (N,) of all photos but those of the test.
        parts: int (N,), equal for photos of one part.
    """
    return reads_depths(settings.model) and bool(folds_due(labels, parts, folds_setting(settings)))


def folds_due(labels: Labels, parts: Labels, setting: Folds) -> int:
    """Number of folds to cross-fit the classifier with; 0 for none.

    Args:
        labels: class indices (N,).
        parts: int (N,), equal for photos of one part.
        setting: always, never, or by the number of parts (auto).
    """
    wanted = is_small(labels, parts) if setting is Folds.AUTO else setting is Folds.ALWAYS
    return fold_count(labels, parts) if wanted else 0


def is_small(labels: Labels, parts: Labels) -> bool:
    """Whether some class has fewer than 100 parts."""
    pairs = np.unique(np.stack([labels, parts]), axis=1)[0]
    return bool(np.unique(pairs, return_counts=True)[1].min() < SMALL)


def cross_fit(views: list[Features], count: int, seed: int, passes: int = 1) -> CrossFit:
    """Fit a classifier for each fold, and score each photo with the one of its fold.

    All folds take the same strength of regularisation: that with the lowest out-of-fold loss.

    Args:
        views: the same photos in several views; the first `passes` of them as they are.
        count: folds, see `fold_count`.
        seed: decides the folds.
        passes: how many of the first views are orientations of the photo; its logit is their mean.
    """
    scored = mean_of_passes(views, passes)
    plain = scored[0]
    labels, parts = plain.labels.numpy(), plain.parts.numpy()
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    folds = list(splitter.split(labels, labels, parts))
    heads = [fit_heads(Features.join([view.take(train) for view in views])) for train, _ in folds]
    lost = torch.stack([  # (folds, strengths), summed over photos
        losses(of_fold, Features.join([view.take(rows) for view in scored[:2]])) * len(rows)
        for of_fold, (_, rows) in zip(heads, folds, strict=True)
    ])  # fmt: skip
    best = int(lost.sum(0).argmin())  # one strength for all folds, so that their mean is one model
    chosen = [of_fold[best] for of_fold in heads]
    logits = torch.empty(len(labels), chosen[0].out_features)
    with torch.no_grad():
        for head, (_, rows) in zip(chosen, folds, strict=True):
            logits[rows] = head(plain.values[rows])
    return CrossFit(mean_head(chosen), logits, count, STRENGTHS[best])


@torch.no_grad()
def mean_head(heads: list[nn.Linear]) -> nn.Linear:
    """The classifier whose logits are the mean of those of several."""
    mean = nn.Linear(heads[0].in_features, heads[0].out_features)
    mean.weight.copy_(torch.stack([head.weight for head in heads]).mean(0))
    mean.bias.copy_(torch.stack([head.bias for head in heads]).mean(0))
    return mean
