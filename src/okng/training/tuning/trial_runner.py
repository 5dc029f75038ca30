"""One trial: trains on fold after fold, and scores the held-out photos of each."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from okng.config import Folds, Precision, ResolvedSettings
from okng.events import Silent
from okng.runs.layout import ModelsFolder
from okng.training.artifacts import TrainedModel
from okng.training.data.loader import PhotoArray, photos_at_once
from okng.training.data.samples import Sample, Task
from okng.training.fit import fit
from okng.training.networks.architecture import Architecture
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.pretrained import build_pretrained
from okng.training.probe.cross_fit import only_probe
from okng.training.tuning.cached_probe import CachedProbe
from okng.training.tuning.folds import Fold, FoldedPhotos
from okng.training.tuning.objective import FoldScores, ScoredPhotos, probabilities


class Networks:
    """Trains and scores the folds of a trial.

    Args:
        photos: the folds.
        grey: whether the networks see grey.
        scratch: folder for the files of a training, which are removed after it.
    """

    def __init__(self, photos: FoldedPhotos, *, grey: bool, scratch: Path) -> None:
        self.photos = photos
        self._grey = grey
        self._scratch = scratch
        self._probe = CachedProbe(photos, grey=grey)

    def check(self, settings: ResolvedSettings) -> None:
        """Refuse a network that cannot be built, or whose weights cannot be reached.

        Args:
            settings: resolved.

        Raises:
            ConfigError: the network does not take these settings.
            TrainingError: no weights can be reached.
        """
        build_pretrained(
            Architecture(
                settings=settings.model,
                classes=len(self.photos.dataset.classes),
                channels=3,
                image_size=settings.data.image_size,
            )
        )

    def judge(self, settings: ResolvedSettings) -> Iterator[FoldScores]:
        """Train on each fold, one after the other.

        Args:
            settings: resolved.

        Raises:
            ConfigError: the network does not take these settings.
            TrainingError: training cannot go on.
        """
        photos = self.photos
        if only_probe(settings, photos.labels, photos.groups):
            settings = settings.with_training(epochs=0)
        frozen = self._probe.network(settings)
        for fold in self.photos.folds:
            if frozen is None:
                scores, settings = self._trained(fold, settings)
                yield scores
            else:
                yield self._probe.judge(fold, frozen, settings)

    def _trained(
        self, fold: Fold, settings: ResolvedSettings
    ) -> tuple[FoldScores, ResolvedSettings]:
        """Train as a run does; the returned settings have the precision that was faster."""
        size = settings.data.image_size
        train, held_out, tested = (self.photos.sample(size, rows) for rows in fold)
        dataset = self.photos.dataset
        task = Task(train, held_out, dataset.classes, dataset.ok_class, grey=self._grey)
        with tempfile.TemporaryDirectory(prefix="trial-", dir=self._scratch) as folder:
            undivided = settings.with_training(
                folds=Folds.NEVER
            )  # `judge` decided on them for the whole study
            model = fit(task, undivided, Path(folder), Silent())
            settings = _as_measured(settings, Path(folder))
        return FoldScores(_scored(model, held_out), _scored(model, tested)), settings


def _as_measured(settings: ResolvedSettings, run: Path) -> ResolvedSettings:
    plan = ModelsFolder(run).precision
    if not plan.exists():
        return settings
    precision = Precision(plan.read_text(encoding="utf-8").strip())
    return settings.with_training(precision=precision)


@torch.no_grad()
def _scored(model: TrainedModel, sample: Sample) -> ScoredPhotos:
    """Probabilities of a trained network on photos as they are."""
    prepare = Prepare(model.rules)
    data = PhotoArray(sample.photos, sample.labels)
    at_once = photos_at_once(sample.photos.shape[1], model.network.passes)
    batches = np.array_split(np.arange(len(data)), -(-len(data) // at_once))
    logits = [model.network(prepare(data[rows][0])).float() for rows in batches]
    groups = np.arange(len(data)) if sample.groups is None else sample.groups
    return ScoredPhotos(probabilities(torch.cat(logits)), sample.labels, groups)
