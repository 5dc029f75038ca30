"""Trials in which only a classifier learns: the frozen network sees every photo once.

A run lets it see the photos of each training anew. Folds share photos, and trials share networks,
so that here what was seen is kept: the second trial of the same input size costs seconds.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from okng.config import PLAIN, Look, Settings
from okng.modelfile import InputRules
from okng.training.data.axis_alignment import decided_turns
from okng.training.data.draws import views_worth_seeing
from okng.training.data.loader import PhotoArray
from okng.training.data.sample_weights import photo_weights
from okng.training.fine_tune.lightning_module import Learner
from okng.training.networks.architecture import PLAIN_NAME, Architecture
from okng.training.networks.feature_extractor import Extractor, extractor
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.pretrained import build_pretrained
from okng.training.networks.timm_backbone import Backbone
from okng.training.probe.feature_cache import example_of
from okng.training.probe.linear_probe import Seen, choose_head, features_of_view
from okng.training.probe.logistic_head import Features, looked_at
from okng.training.tuning.folds import Fold, FoldedPhotos
from okng.training.tuning.objective import Judged, Judgements, probabilities

_KEPT_GB = 1.0
"""Features of earlier trials that are kept."""
_KEPT_NETWORKS = 4


class FrozenNetworks:
    """Pretrained networks as they are, and what they saw.

    Args:
        photos: the folds.
        grey: whether the networks see grey.
    """

    def __init__(self, photos: FoldedPhotos, *, grey: bool) -> None:
        self._photos = photos
        self._grey = grey
        self._seen: dict[str, Features] = {}
        self._extractors: dict[str, Extractor] = {}

    def learner(self, settings: Settings) -> Learner | None:
        """The network of a trial, as a run starts with it; None where layers have to learn.

        Args:
            settings: resolved.
        """
        if (
            settings.training.epochs
            or settings.model.name == PLAIN_NAME
            or settings.model.weights == "random"
        ):
            return None
        torch.manual_seed(settings.training.seed)
        size = settings.data.image_size or 0
        classes = len(self._photos.dataset.classes)
        pretrained = build_pretrained(
            Architecture(settings=settings.model, classes=classes, channels=3, image_size=size)
        )
        network, mean, std = pretrained.network, pretrained.mean, pretrained.std
        if mean is None or std is None or not _has_linear_classifier(network):
            return None
        rules = InputRules(image_size=size, grey=self._grey, channels=3, mean=mean, std=std)
        learner = Learner(
            network.to(memory_format=torch.channels_last),
            Prepare(rules),
            settings=decided_turns(settings, self._photos.at(size)).augment,
            lr=PLAIN.lr,
            steps=0,
            seed=settings.training.seed,
            frozen=[],
        )
        return learner.eval()

    def judge(self, fold: Fold, learner: Learner, settings: Settings) -> Judgements:
        """Fit a classifier on some photos' features, and judge the others'."""
        looks = settings.looks
        views = [*looks, *range(1, views_worth_seeing(len(fold.train)))]
        seen = [self._features(learner, settings, view) for view in views]
        judged = looked_at(seen, len(looks))
        head = choose_head(
            self._joined(seen, fold.train, settings),
            self._joined(judged[:2], fold.val, settings),
        )
        return Judgements(*(self._judged(head, judged[0], rows) for rows in (fold.val, fold.test)))

    def _joined(
        self, seen: list[Features], rows: npt.NDArray[np.int64], settings: Settings
    ) -> Features:
        """All views of some photos, weighed as a run weighs them."""
        photos, chosen = self._photos, torch.from_numpy(rows)
        how = settings.training.class_weights
        weights = torch.from_numpy(photo_weights(photos.labels[rows], photos.groups[rows], how))
        return Features.join(
            [Features(f.values[chosen], f.labels[chosen], weights, f.parts[chosen]) for f in seen]
        )

    def _judged(self, head: nn.Linear, plain: Features, rows: npt.NDArray[np.int64]) -> Judged:
        with torch.no_grad():
            logits: Tensor = head(plain.values[torch.from_numpy(rows)])
        return Judged(probabilities(logits), self._photos.labels[rows], self._photos.groups[rows])

    def _features(self, learner: Learner, settings: Settings, view: Look | int) -> Features:
        """What a frozen network sees of all photos: a look at them as they are, or a draw."""
        network = f"{settings.data.image_size} {settings.model.model_dump_json()}"
        drawn_by = "" if isinstance(view, Look) else settings.augment.model_dump_json()
        key = f"{view} {drawn_by} {network}"
        if key not in self._seen:
            photos = self._photos
            data = PhotoArray(
                photos.at(settings.data.image_size or 0), photos.labels, None, photos.groups
            )
            run = self._extractor(network, learner, data)
            found = features_of_view(learner, run, data, view, _nobody)
            self._make_room(found.values.nbytes)
            self._seen[key] = found
        self._seen[key] = self._seen.pop(key)  # the last one asked for
        return self._seen[key]

    def _extractor(self, key: str, learner: Learner, data: PhotoArray) -> Extractor:
        if key not in self._extractors:
            network = learner.network
            assert isinstance(network, Backbone | MultiDepth)  # noqa: S101 - for the type checker
            run = extractor(Seen(network), example_of(learner, data), 2 * len(data))
            self._extractors[key] = run
        while len(self._extractors) > _KEPT_NETWORKS:
            del self._extractors[next(iter(self._extractors))]
        return self._extractors[key]

    def _make_room(self, needed: int) -> None:
        kept = sum(features.values.nbytes for features in self._seen.values())
        while self._seen and needed + kept > _KEPT_GB * 1e9:
            kept -= self._seen.pop(next(iter(self._seen))).values.nbytes


def _has_linear_classifier(network: nn.Module) -> bool:
    return isinstance(network, Backbone | MultiDepth) and isinstance(network.classifier, nn.Linear)


def _nobody(steps: int = 1, facts: str = "") -> None:
    """Tell nobody."""
