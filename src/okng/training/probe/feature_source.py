"""Where the features for a linear probe come from: photos, or cached activations of the trunk."""

from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from okng.config import Orientation
from okng.events import Advance, Progress
from okng.training.data.draws import views_worth_seeing
from okng.training.data.loader import PhotoArray, loader, photos_at_once
from okng.training.networks.feature_extractor import Extractor, extractor
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.test_time_augmentation import turned
from okng.training.probe.feature_cache import ActivationCache
from okng.training.probe.logistic_head import Features

View = Orientation | int
"""One view of a photo: the photo as it is in an orientation, or the number of a random draw."""


class ViewFeatures(NamedTuple):
    """Features of all photos in several views: first the orientations, then random draws.

    Attributes:
        train: of the training photos, view by view.
        validation: of the validation photos, the same views.
        passes: how many of the views are orientations.
        run: what computed them from network inputs, where they come from photos.
    """

    train: list[Features]
    validation: list[Features]
    passes: int
    run: Extractor | None = None


class FeatureSource(Protocol):
    """Computes the features of training and validation photos."""

    train: PhotoArray
    validation: PhotoArray

    def features(self, progress: Progress) -> ViewFeatures:
        """All views; may report one stage with a step per photo."""
        ...


class PhotoFeatures:
    """Features computed from photos, in every orientation and in a few random draws.

    Args:
        network: its `embed` gives the features.
        inputs: turns photos into network input.
        train: training photos.
        validation: validation photos.
        orientations: in which the photos are processed as they are.
        run: gives the same features, where it is at hand: an export takes seconds.
    """

    def __init__(
        self,
        network: InspectionNetwork,
        inputs: NetworkInput,
        train: PhotoArray,
        validation: PhotoArray,
        orientations: tuple[Orientation, ...],
        run: Extractor | None = None,
    ) -> None:
        self.network, self.inputs = network, inputs
        self.train, self.validation = train, validation
        self.orientations = orientations
        self._run = run

    def features(self, progress: Progress) -> ViewFeatures:
        """All views; reports one stage with a step per photo and view."""
        views = [*self.orientations, *range(1, views_worth_seeing(len(self.train)))]
        total = len(views) * (len(self.train) + len(self.validation))
        with progress.stage("features", total) as advance:
            run = self._run or extractor(
                Embedding(self.network), example_input(self.inputs, self.train), total
            )
            train, validation = (
                [embed_view(self.inputs, run, data, view, advance) for view in views]
                for data in (self.train, self.validation)
            )
        return ViewFeatures(train, validation, len(self.orientations), run)


class CachedFeatures:
    """Features computed by the trainable top from cached activations; upright photos alone."""

    def __init__(self, cache: ActivationCache) -> None:
        self.cache = cache
        self.train, self.validation = cache.train.data, cache.validation.data

    def features(self, progress: Progress) -> ViewFeatures:  # noqa: ARG002 - it takes no time
        """The same draws as from photos."""
        train, validation = (
            [
                Features(
                    self.cache.embed(rows, draw),
                    rows.data.labels,
                    rows.data.weights,
                    rows.data.parts,
                )
                for draw in range(len(rows.rows))
            ]
            for rows in (self.cache.train, self.cache.validation)
        )
        return ViewFeatures(train, validation, 1)


class Embedding(nn.Module):
    """The embedding of a network as one function of network input, for a feature extractor."""

    def __init__(self, network: InspectionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, photos: Tensor) -> Tensor:
        """What the classifier sees (N, F) of network input (N, 3, S, S)."""
        return self.network.embed(photos)


def embed_view(
    inputs: NetworkInput, run: Extractor, data: PhotoArray, view: View, advance: Advance
) -> Features:
    """Features of one view of all photos.

    They go to one block of memory: small blocks that stay, between batches that are freed, would
    leave holes that no later batch fits into.
    """
    values, done = torch.empty(0), 0
    batches = loader(data, photos_at_once(data.photos.shape[1]), None)
    for number, (photos, *_) in enumerate(batches):
        rows = run(_view(inputs, photos, view, number).contiguous())  # (n, F)
        if number == 0:
            values = torch.empty(len(data), rows.shape[1])
        values[done : done + len(rows)] = rows
        done += len(rows)
        advance(len(rows))
    return Features(values, data.labels, data.weights, data.parts)


def _view(inputs: NetworkInput, photos: Tensor, view: View, batch: int) -> Tensor:
    """Network input of a batch in one view."""
    if isinstance(view, Orientation):
        return inputs.plain(turned(photos, view))
    return inputs.draw(photos, view, batch)


def example_input(inputs: NetworkInput, data: PhotoArray) -> Tensor:
    """Network input of up to three photos, to trace a network with."""
    return inputs.plain(data[np.arange(min(3, len(data)))][0]).contiguous()
