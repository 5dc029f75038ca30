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
from torch import Tensor, nn

from okng.config import UPRIGHT, Look
from okng.progress import Advance, Progress
from okng.training.data.draws import views_worth_seeing
from okng.training.data.loader import PhotoArray, loader, photos_at_once
from okng.training.fine_tune.lightning_module import Learner
from okng.training.networks.feature_extractor import Extractor, extractor
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.test_time_augmentation import turned
from okng.training.networks.timm_backbone import Backbone
from okng.training.probe.cross_fit import Folded, fit_folds, folds_due
from okng.training.probe.feature_cache import KeptRows, example_of
from okng.training.probe.logistic_head import (
    Features,
    fit_heads,
    logits_of,
    looked_at,
    losses,
)


class Start(NamedTuple):
    """A classifier that was fitted before any layer learned.

    Attributes:
        row: what `history.csv` says of epoch 0: losses and accuracies.
        unseen: logits float32 (N, outputs) of the photos to fit on, then of those held out, each
            from a classifier that did not see its part; None without folds.
    """

    row: dict[str, float]
    unseen: Tensor | None


def linear_start(
    learner: Learner,
    train: PhotoArray,
    validation: PhotoArray,
    progress: Progress,
    kept: KeptRows | None = None,
    folds: bool | None = False,
    looks: tuple[Look, ...] = (UPRIGHT,),
) -> Start | None:
    """Fit the classifier of a pretrained network on its features.

    Args:
        learner: with a `MultiDepth` or a `Backbone`; its classifier is changed.
        train: photos to fit on.
        validation: photos that choose the regularisation.
        progress: receives one stage with a step per photo.
        kept: what the lower layers said of these photos, where that is known.
        folds: take the mean of the classifiers of folds over both kinds of photos; None decides by
            how many parts there are.
        looks: at each photo as it is; all of them teach, and with folds the mean of what is said of
            them is what is said of the photo. Kept rows have the upright one only.

    Returns:
        None for a network whose classifier is not linear, which is left as it is.
    """
    network = learner.network
    if not isinstance(network, Backbone | MultiDepth):
        return None
    if not isinstance(network.classifier, nn.Linear):
        return None
    begun = time.monotonic()
    learner.eval()
    count = folds_due(*labels_and_parts(train, validation), folds)
    if kept:
        looks, (fitted, held_out) = (UPRIGHT,), _of_rows(kept)
    else:
        fitted, held_out = _of_photos(learner, train, validation, progress, looks)
    progress.say("fit the classifier")
    head, unseen = _fit(fitted, held_out, count, learner.seed, len(looks))
    fitted, held_out = (looked_at(views, len(looks)) for views in (fitted, held_out))
    network.classifier.load_state_dict(head.state_dict())
    if isinstance(network, MultiDepth):
        network.typical.copy_(_mean(fitted[0]))
    row = _row(learner, head, fitted[0], held_out[0], unseen)
    progress.say(
        f"classifier: loss {row['train_loss']:.3f}, val {row['val_loss']:.3f}  "
        f"accuracy {row['train_accuracy']:.3f}, val {row['val_accuracy']:.3f}"
        + (f"  ({unseen.folds} folds)" if unseen else "")
    )
    return Start(row | {"seconds": time.monotonic() - begun}, unseen and unseen.unseen)


def labels_and_parts(*splits: PhotoArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Class and part of every photo of these splits, int64 (N,) each: what decides on folds."""
    return (
        torch.cat([split.labels for split in splits]).numpy(),
        torch.cat([split.parts for split in splits]).numpy(),
    )


def _fit(
    fitted: list[Features], held_out: list[Features], folds: int, seed: int, looks: int
) -> tuple[nn.Linear, Folded | None]:
    """The classifier, and what those of the folds said where it came from them."""
    if not folds:
        judged = Features.join(looked_at(held_out, looks))
        return choose_head(Features.join(fitted), judged), None
    pairs = zip(fitted, held_out, strict=True)
    folded = fit_folds([Features.join(list(pair)) for pair in pairs], folds, seed, looks)
    return folded.head, folded


def _of_photos(
    learner: Learner,
    train: PhotoArray,
    validation: PhotoArray,
    progress: Progress,
    looks: tuple[Look, ...],
) -> tuple[list[Features], list[Features]]:
    """Features of several views of all photos: those to fit on, and those held out."""
    network = cast("Backbone | MultiDepth", learner.network)
    views = [*looks, *range(1, views_worth_seeing(len(train)))]
    asked = len(views) * (len(train) + len(validation))
    with progress.stage("features", asked) as advance:
        run = extractor(Seen(network), example_of(learner, train), asked)
        fitted, held_out = (
            [features_of_view(learner, run, data, view, advance) for view in views]
            for data in (train, validation)
        )
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


class Seen(nn.Module):
    """A network up to its classifier, as one function of photos."""

    def __init__(self, network: Backbone | MultiDepth) -> None:
        super().__init__()
        self.network = network

    def forward(self, photos: Tensor) -> Tensor:
        """What the classifier sees (N, F) of network inputs (N, 3, S, S)."""
        network = self.network
        if isinstance(network, MultiDepth):
            return network.pooled(network.features(photos))
        return network.before_classifier(photos)


def features_of_view(
    learner: Learner, run: Extractor, data: PhotoArray, view: Look | int, advance: Advance
) -> Features:
    """Features of one view of all photos: a look at the photo as it is, or the number of a draw.

    They go to one block of memory. Small blocks that stay, between batches that go, would leave
    holes that no later batch fits into.
    """
    values, done = torch.empty(0), 0
    batches = loader(data, photos_at_once(data.photos.shape[1]), None)
    for number, (photos, *_) in enumerate(batches):
        found = run(_seen(learner, photos, view, number).contiguous())
        if number == 0:
            values = torch.empty(len(data), found.shape[1])
        values[done : done + len(found)] = found
        done += len(found)
        advance(len(found))
    return Features(values, data.labels, data.weights, data.parts)


def _seen(learner: Learner, photos: Tensor, view: Look | int, number: int) -> Tensor:
    """Network input of a batch in one view."""
    if isinstance(view, Look):
        return learner.prepared(turned(photos, view))
    return learner.varied(photos, view, number)


def choose_head(fitted: Features, held_out: Features) -> nn.Linear:
    """The regularisation whose loss on validation photos, plain and varied, is lowest."""
    heads = fit_heads(fitted)
    return heads[int(losses(heads, held_out).argmin())]


def _mean(features: Features) -> Tensor:
    weights = features.weights[:, None]
    return (features.values * weights).sum(0) / weights.sum()


def _row(
    learner: Learner,
    head: nn.Linear,
    train: Features,
    validation: Features,
    folded: Folded | None,
) -> dict[str, float]:
    """Losses and accuracies; with folds, those of validation are the ones out of fold."""
    unseen = logits_of(head, validation)
    if folded is not None:
        validation, unseen = Features.join([train, validation]), folded.unseen
    row = {"lr": 0.0}
    for name, features, logits in (
        ("train", train, logits_of(head, train)),
        ("val", validation, unseen),
    ):
        row[f"{name}_loss"] = float(learner.loss(logits, features.labels, features.weights))
        row[f"{name}_accuracy"] = float(learner.accuracy(logits, features.labels))
    return row
