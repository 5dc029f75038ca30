"""Gives a pretrained network a good head before any of its layers learns.

A logistic regression on the features of the untouched network takes seconds and is hard to beat;
fine-tuning that starts from it distorts them less than from a random head (linear probing, then
fine-tuning: Kumar et al., ICLR 2022).
"""

import time
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn

from okng.progress import Progress
from okng.train.backbone import Backbone
from okng.train.batches import PhotoArray, loader
from okng.train.module import Learner

_STRENGTHS = (1e-3, 3e-3, 1e-2, 3e-2)  # inverse regularisation; validation chooses
_BATCH = 64


class Features(NamedTuple):
    """What the classifier of a network sees: float32 (N, F), and labels int64 (N,)."""

    values: Tensor
    labels: Tensor


def linear_start(
    learner: Learner, train: PhotoArray, validation: PhotoArray, progress: Progress
) -> dict[str, float] | None:
    """Fit the classifier of a pretrained network on its features.

    Args:
        learner: with a `Backbone`; its classifier is changed.
        train: photos to fit on, as they are.
        validation: photos that choose the regularisation.
        progress: receives one stage with a step per photo.

    Returns:
        What `history.csv` says of epoch 0: losses and accuracies; None for a network whose
        classifier is not linear, which is left as it is.
    """
    network = learner.network
    if not isinstance(network, Backbone) or not isinstance(network.classifier, nn.Linear):
        return None
    begun = time.monotonic()
    learner.eval()
    with progress.stage("features", len(train) + len(validation)) as advance:
        fitted, held_out = (_features(learner, data, advance) for data in (train, validation))
    losses = []
    scaler = StandardScaler().fit(fitted.values.numpy())
    for strength in _STRENGTHS:
        head = _fit(scaler, fitted, strength, learner.class_weights.numpy())
        losses.append((float(learner.loss(_logits(head, held_out), held_out.labels)), head))
    best = min(losses, key=lambda entry: entry[0])[1]
    network.classifier.load_state_dict(best.state_dict())
    return _row(learner, best, fitted, held_out) | {"seconds": time.monotonic() - begun}


@torch.no_grad()
def _features(learner: Learner, data: PhotoArray, advance: Any) -> Features:
    network = learner.network
    assert isinstance(network, Backbone)  # noqa: S101 - for the type checker
    values, labels = [], []
    for photos, classes in loader(data, _BATCH, None):
        values.append(network.before_classifier(learner.prepared(photos)))
        labels.append(classes)
        advance(len(classes))
    return Features(torch.cat(values), torch.cat(labels))


def _fit(
    scaler: StandardScaler,
    features: Features,
    strength: float,
    class_weights: npt.NDArray[np.float32],
) -> nn.Linear:
    """A logistic regression on standardised features, as a layer on plain ones."""
    labels = features.labels.numpy()
    model = LogisticRegression(C=strength, max_iter=1000).fit(
        scaler.transform(features.values.numpy()), labels, sample_weight=class_weights[labels]
    )
    slopes = model.coef_ / scaler.scale_
    offsets = model.intercept_ - slopes @ scaler.mean_
    layer = nn.Linear(slopes.shape[1], slopes.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(slopes))
        layer.bias.copy_(torch.from_numpy(offsets))
    return layer


@torch.no_grad()
def _logits(head: nn.Linear, features: Features) -> Tensor:
    logits: Tensor = head(features.values)
    return logits


def _row(
    learner: Learner, head: nn.Linear, train: Features, validation: Features
) -> dict[str, float]:
    row = {"lr": 0.0}
    for name, features in (("train", train), ("val", validation)):
        logits = _logits(head, features)
        row[f"{name}_loss"] = float(learner.loss(logits, features.labels))
        row[f"{name}_accuracy"] = float(learner.accuracy(logits, features.labels))
    return row
