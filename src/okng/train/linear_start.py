"""Gives a pretrained network a good classifier before any of its layers learns.

A logistic regression on the features of the untouched network takes seconds to minutes and is hard
to beat; fine-tuning that starts from it distorts them less than from a random head (linear probing,
then fine-tuning: Kumar et al., ICLR 2022). Each training photo is seen as it is and in other light
and position, and the regression is told what such changes do to a feature.
"""

import time
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from okng.progress import Advance, Progress
from okng.train.backbone import Backbone
from okng.train.batches import PhotoArray, loader
from okng.train.depths import MultiDepth
from okng.train.extract import Extractor, extractor
from okng.train.module import Learner
from okng.train.rows import KeptRows, example
from okng.train.whiten import Whitening, fit_whitening

_STRENGTHS = (3e-4, 1e-3, 1e-2, 1e-1)  # inverse regularisation; validation chooses
_BATCH = 32
_ROWS = 4_000  # photos and varied photos together that are enough
_FEWEST_VIEWS, _MOST_VIEWS = 2, 4


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


def linear_start(
    learner: Learner,
    train: PhotoArray,
    validation: PhotoArray,
    progress: Progress,
    kept: KeptRows | None = None,
) -> dict[str, float] | None:
    """Fit the classifier of a pretrained network on its features.

    Args:
        learner: with a `MultiDepth` or a `Backbone`; its classifier is changed.
        train: photos to fit on.
        validation: photos that choose the regularisation.
        progress: receives one stage with a step per photo.
        kept: what the lower layers said of these photos, where that is known.

    Returns:
        What `history.csv` says of epoch 0: losses and accuracies; None for a network whose
        classifier is not linear, which is left as it is.
    """
    network = learner.network
    if not isinstance(network, Backbone | MultiDepth):
        return None
    if not isinstance(network.classifier, nn.Linear):
        return None
    begun = time.monotonic()
    learner.eval()
    fitted, held_out = (
        _of_rows(kept) if kept else _of_photos(learner, train, validation, progress)
    )
    progress.say("fit the classifier")
    head = _choose(learner, Features.join(fitted), Features.join(held_out))
    network.classifier.load_state_dict(head.state_dict())
    if isinstance(network, MultiDepth):
        network.typical.copy_(_mean(fitted[0]))
    row = _row(learner, head, fitted[0], held_out[0])
    progress.say(
        f"classifier: loss {row['train_loss']:.3f}, val {row['val_loss']:.3f}  "
        f"accuracy {row['train_accuracy']:.3f}, val {row['val_accuracy']:.3f}"
    )
    return row | {"seconds": time.monotonic() - begun}


def _of_photos(
    learner: Learner, train: PhotoArray, validation: PhotoArray, progress: Progress
) -> tuple[list[Features], list[Features]]:
    """Features of several views of all photos: those to fit on, and those held out."""
    network = cast("Backbone | MultiDepth", learner.network)
    views = int(np.clip(_ROWS // max(1, len(train)), _FEWEST_VIEWS, _MOST_VIEWS))
    asked = views * len(train) + 2 * len(validation)
    with progress.stage("features", asked) as advance:
        run = extractor(_Seen(network), example(learner, train), asked)
        fitted = [_features(learner, run, train, view, advance) for view in range(views)]
        held_out = [_features(learner, run, validation, view, advance) for view in range(2)]
    return fitted, held_out


def _of_rows(kept: KeptRows) -> tuple[list[Features], list[Features]]:
    """The same from kept rows."""
    both = (kept.train, kept.validation)
    fitted, held_out = (
        [
            Features(kept.seen(rows, view), rows.data.labels, rows.data.weights, rows.data.parts)
            for view in range(len(rows.rows))
        ]
        for rows in both
    )
    return fitted, held_out


class _Seen(nn.Module):
    """A network up to its classifier, as one function of photos."""

    def __init__(self, network: Backbone | MultiDepth) -> None:
        super().__init__()
        self.network = network

    def forward(self, photos: Tensor) -> Tensor:
        network = self.network
        if isinstance(network, MultiDepth):
            return network.pooled(network.maps(photos))
        return network.before_classifier(photos)


def _features(
    learner: Learner, run: Extractor, data: PhotoArray, view: int, advance: Advance
) -> Features:
    """Features of one view of all photos: view 0 is the photo as it is.

    They go to one block of memory. Small blocks that stay, between batches that go, would leave
    holes that no later batch fits into.
    """
    values, done = torch.empty(0), 0
    for number, (photos, *_) in enumerate(loader(data, _BATCH, None)):
        seen = learner.prepared(photos) if view == 0 else learner.varied(photos, view, number)
        found = run(seen.contiguous())
        if number == 0:
            values = torch.empty(len(data), found.shape[1])
        values[done : done + len(found)] = found
        done += len(found)
        advance(len(found))
    return Features(values, data.labels, data.weights, data.parts)


def _choose(learner: Learner, fitted: Features, held_out: Features) -> nn.Linear:
    """The regularisation whose loss on validation photos, plain and varied, is lowest."""
    values, weights, parts = fitted.values.numpy(), fitted.weights.numpy(), fitted.parts.numpy()
    whitening = fit_whitening(values, weights, parts)
    whitened = whitening.apply(values)
    heads = [_fit(whitening, whitened, fitted, strength) for strength in _STRENGTHS]
    losses = [float(learner.loss(_logits(head, held_out), *held_out[1:3])) for head in heads]
    return heads[losses.index(min(losses))]


def _fit(
    whitening: Whitening, whitened: npt.NDArray[np.float64], features: Features, strength: float
) -> nn.Linear:
    """A logistic regression on whitened features, as a layer on plain ones."""
    model = LogisticRegression(C=strength, max_iter=2000).fit(
        whitened, features.labels.numpy(), sample_weight=features.weights.numpy()
    )
    slopes, offsets = whitening.undo(model.coef_, model.intercept_)
    layer = nn.Linear(slopes.shape[1], slopes.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(slopes))
        layer.bias.copy_(torch.from_numpy(offsets))
    return layer


def _mean(features: Features) -> Tensor:
    weights = features.weights[:, None]
    return (features.values * weights).sum(0) / weights.sum()


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
        row[f"{name}_loss"] = float(learner.loss(logits, features.labels, features.weights))
        row[f"{name}_accuracy"] = float(learner.accuracy(logits, features.labels))
    return row
