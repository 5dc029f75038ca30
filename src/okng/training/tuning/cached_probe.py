"""Trials in which only the classifier learns: the frozen network processes every photo once.

A training computes the features of its photos anew. Folds share photos, and trials share networks,
so features are cached here: the second trial at the same image size takes seconds. Whether layers
compute in INT8 is tried once for each network, on the photos of all folds.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from cachetools import LRUCache
from torch import Tensor, nn

from okng.config import Orientation, ResolvedSettings
from okng.events import Silent
from okng.modelfile import InputRules
from okng.training.data.axis_alignment import decided_turns
from okng.training.data.draws import views_worth_seeing
from okng.training.data.loader import PhotoArray
from okng.training.data.sample_weights import photo_weights
from okng.training.networks.architecture import Architecture
from okng.training.networks.feature_extractor import Extractor, extractor
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.pretrained import build_pretrained
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.registry import is_own
from okng.training.probe.feature_source import Embedding, View, embed_view, example_input
from okng.training.probe.linear_probe import choose_head
from okng.training.probe.logistic_head import Features, mean_of_passes
from okng.training.trunk_precision.phase import choose
from okng.training.tuning.folds import Fold, FoldedPhotos
from okng.training.tuning.objective import FoldScores, ScoredPhotos, probabilities

_CACHED_BYTES = 10**9  # of features; the newest stay, even where they alone are larger
_CACHED_NETWORKS = 4  # as graphs of onnxruntime, some 20 MB each


class FrozenNetwork(NamedTuple):
    """A pretrained network as a training starts with it, and the input it takes."""

    network: InspectionNetwork
    inputs: NetworkInput


class CachedProbe:
    """Pretrained networks, and the features that they gave.

    Args:
        photos: the folds.
        grey: whether the networks take grey photos.
    """

    def __init__(self, photos: FoldedPhotos, *, grey: bool) -> None:
        self._photos = photos
        self._grey = grey
        self._features: LRUCache[str, Features] = LRUCache(
            _CACHED_BYTES, getsizeof=lambda features: min(features.values.nbytes, _CACHED_BYTES)
        )
        self._extractors: LRUCache[str, Extractor] = LRUCache(_CACHED_NETWORKS)

    def network(self, settings: ResolvedSettings) -> FrozenNetwork | None:
        """The network of a trial, as a run starts with it; None where layers have to learn.

        Args:
            settings: resolved.
        """
        if settings.training.epochs or is_own(settings.model) or settings.model.weights == "random":
            return None
        torch.manual_seed(settings.training.seed)
        size = settings.data.image_size
        classes = len(self._photos.dataset.classes)
        pretrained = build_pretrained(
            Architecture(settings=settings.model, classes=classes, channels=3, image_size=size)
        )
        network, mean, std = pretrained.network, pretrained.mean, pretrained.std
        if mean is None or std is None or network.linear_classifier is None:
            return None
        rules = InputRules(image_size=size, grey=self._grey, channels=3, mean=mean, std=std)
        augmentation = decided_turns(settings, self._photos.at(size)).augment
        inputs = NetworkInput(Prepare(rules), augmentation, settings.training.seed)
        return FrozenNetwork(network.to(memory_format=torch.channels_last).eval(), inputs)

    def judge(self, fold: Fold, frozen: FrozenNetwork, settings: ResolvedSettings) -> FoldScores:
        """Fit a classifier on the training photos of a fold, and score the others."""
        orientations = settings.orientations
        views = [*orientations, *range(1, views_worth_seeing(len(fold.train)))]
        features = [self._view(frozen, settings, view) for view in views]
        scored = mean_of_passes(features, len(orientations))
        head = choose_head(
            self._joined(features, fold.train, settings),
            self._joined(scored[:2], fold.val, settings),
        )
        return FoldScores(*(self._scored(head, scored[0], rows) for rows in (fold.val, fold.test)))

    def _joined(
        self, views: list[Features], rows: npt.NDArray[np.int64], settings: ResolvedSettings
    ) -> Features:
        """All views of some photos, weighed as a run weighs them."""
        photos, chosen = self._photos, torch.from_numpy(rows)
        how = settings.training.class_weights
        weights = torch.from_numpy(photo_weights(photos.labels[rows], photos.groups[rows], how))
        return Features.join(
            [Features(f.values[chosen], f.labels[chosen], weights, f.parts[chosen]) for f in views]
        )

    def _scored(
        self, head: nn.Linear, plain: Features, rows: npt.NDArray[np.int64]
    ) -> ScoredPhotos:
        with torch.no_grad():
            logits: Tensor = head(plain.values[torch.from_numpy(rows)])
        return ScoredPhotos(
            probabilities(logits), self._photos.labels[rows], self._photos.groups[rows]
        )

    def _view(self, frozen: FrozenNetwork, settings: ResolvedSettings, view: View) -> Features:
        """Features of all photos in one view, cached."""
        network = f"{settings.data.image_size} {settings.model.model_dump_json()}"
        drawn_by = "" if isinstance(view, Orientation) else settings.augment.model_dump_json()
        key = f"{view} {drawn_by} {network}"
        if (cached := self._features.get(key)) is not None:
            return cached
        photos = self._photos
        data = PhotoArray(photos.at(settings.data.image_size), photos.labels, None, photos.groups)
        run = self._extractor(network, frozen, data, settings)
        with Silent().stage("features", len(data)) as advance:
            features = embed_view(frozen.inputs, run, data, view, advance)
        self._features[key] = features
        return features

    def _extractor(
        self, key: str, frozen: FrozenNetwork, data: PhotoArray, settings: ResolvedSettings
    ) -> Extractor:
        """Gives the features of a network, its layers in the format that a training chooses."""
        if (cached := self._extractors.get(key)) is not None:
            return cached
        chosen = choose(frozen.network, frozen.inputs, data, settings, Silent())
        run = (chosen and chosen.extractor) or extractor(
            Embedding(frozen.network), example_input(frozen.inputs, data), 2 * len(data)
        )
        self._extractors[key] = run
        return run
