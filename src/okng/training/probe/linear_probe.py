"""Linear probe: fits the classifier of a pretrained network on its frozen features.

A logistic regression on features of a frozen network takes seconds to minutes and is hard to beat.
Fine-tuning that starts from it distorts the features less than from a random head (linear probing,
then fine-tuning: Kumar et al., ICLR 2022). Each training photo counts as it is and in a few random
draws of illumination and position, so the regression learns which changes of a feature to ignore.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from okng.events import Progress
from okng.training.data.loader import PhotoArray
from okng.training.fine_tune.loss import accuracy, weighted_loss
from okng.training.networks.feature_extractor import Embedded
from okng.training.networks.protocol import InspectionNetwork
from okng.training.probe.cross_fit import CrossFit, cross_fit
from okng.training.probe.feature_source import FeatureSource, ViewFeatures
from okng.training.probe.logistic_head import (
    STRENGTHS,
    Features,
    fit_heads,
    logits_of,
    losses,
    mean_of_passes,
)
from okng.wording import mark, sentence

KeepViews = Callable[[ViewFeatures, float, int], None]
"""Called with the features, the strength of the regularisation that was chosen, and the folds."""


class ProbeResult(NamedTuple):
    """A classifier fitted on frozen features.

    Attributes:
        row: its row of `history.csv`, epoch 0: losses and accuracies.
        out_of_fold: logits float32 (N, outputs) of training, then validation photos, each from a
            classifier that was not fitted on its part; None without folds.
        embedded: the training photos, where features were computed from photos.
    """

    row: dict[str, float]
    out_of_fold: Tensor | None
    embedded: Embedded | None = None


def fit_probe(
    network: InspectionNetwork,
    source: FeatureSource,
    *,
    folds: int,
    seed: int,
    progress: Progress,
    keep: KeepViews | None = None,
) -> ProbeResult | None:
    """Fit the classifier of a pretrained network, and set its reference.

    Args:
        network: its linear classifier is overwritten.
        source: of the features.
        folds: the classifier becomes the mean of the classifiers of so many folds over training and
            validation photos; 0 fits on the training photos, and validation chooses the
            regularisation.
        seed: decides the folds.
        progress: receives a stage with a step per photo.
        keep: receives what the classifier was fitted on; None keeps nothing.

    Returns:
        None for a network without a linear classifier, which stays as it is.
    """
    classifier = network.linear_classifier
    if classifier is None:
        return None
    begun = time.monotonic()
    network.eval()
    views = source.features(progress)
    progress.say(mark("fit the classifier"))
    head, strength, crossed = _fit(views, folds, seed)
    if keep is not None:
        keep(views, strength, folds)
    train, validation = (
        mean_of_passes(features, views.passes)[0] for features in (views.train, views.validation)
    )
    classifier.load_state_dict(head.state_dict())
    network.set_reference(_mean(train))
    row = _metrics(head, train, validation, crossed)
    progress.say(
        sentence("classifier_of_folds", **row, folds=crossed.folds)
        if crossed
        else sentence("classifier", **row)
    )
    seconds = time.monotonic() - begun
    upright = views.train[0].values.numpy()
    embedded = Embedded(upright, views.run) if views.run else None
    return ProbeResult(row | {"seconds": seconds}, crossed and crossed.out_of_fold, embedded)


def labels_and_parts(*splits: PhotoArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Class and part of every photo of these splits, int64 (N,) each: they decide on folds."""
    return (
        torch.cat([split.labels for split in splits]).numpy(),
        torch.cat([split.parts for split in splits]).numpy(),
    )


def _fit(views: ViewFeatures, folds: int, seed: int) -> tuple[nn.Linear, float, CrossFit | None]:
    """The classifier, its strength, and the cross-fit that it is the mean of, if it is one."""
    if not folds:
        held_out = Features.join(mean_of_passes(views.validation, views.passes))
        return *_chosen(Features.join(views.train), held_out), None
    pairs = zip(views.train, views.validation, strict=True)
    crossed = cross_fit([Features.join(list(pair)) for pair in pairs], folds, seed, views.passes)
    return crossed.head, crossed.strength, crossed


def choose_head(train: Features, held_out: Features) -> nn.Linear:
    """The classifier whose regularisation has the lowest loss on held-out photos and draws."""
    return _chosen(train, held_out)[0]


def _chosen(train: Features, held_out: Features) -> tuple[nn.Linear, float]:
    """The classifier with the lowest loss on held-out photos, and its strength."""
    heads = fit_heads(train)
    best = int(losses(heads, held_out).argmin())
    return heads[best], STRENGTHS[best]


def _mean(features: Features) -> Tensor:
    weights = features.weights[:, None]
    return (features.values * weights).sum(0) / weights.sum()


def _metrics(
    head: nn.Linear, train: Features, validation: Features, crossed: CrossFit | None
) -> dict[str, float]:
    """Losses and accuracies; with folds, those of validation are out of fold, over all photos."""
    held_out = logits_of(head, validation)
    if crossed is not None:
        validation, held_out = Features.join([train, validation]), crossed.out_of_fold
    row = {"lr": 0.0}
    for name, features, logits in (
        ("train", train, logits_of(head, train)),
        ("val", validation, held_out),
    ):
        row[f"{name}_loss"] = float(weighted_loss(logits, features.labels, features.weights))
        row[f"{name}_accuracy"] = float(accuracy(logits, features.labels))
    return row
