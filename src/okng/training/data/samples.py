"""The training task: photos, their classes, and the weight of each photo."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch.utils.data import DataLoader

from okng.config import ClassWeights, TrainingSettings
from okng.training.data.draws import photos_of_an_epoch
from okng.training.data.loader import Batch, PhotoArray, loader
from okng.training.data.sample_weights import photo_weights


class Sample(NamedTuple):
    """Decoded photos of one split.

    Attributes:
        photos: uint8 (N, S, S, 3).
        labels: class indices, int64 (N,).
        groups: int64 (N,), equal for photos of one part; None when each photo is a part.
    """

    photos: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64] | None = None

    def counted(self, how: ClassWeights) -> PhotoArray:
        """The photos, each with its weight."""
        weights = photo_weights(self.labels, self.groups, how)
        return PhotoArray(self.photos, self.labels, weights, self.groups)

    def drawn(self, training: TrainingSettings, *, pretrained: bool) -> DataLoader[Batch]:
        """Training batches. Where parts have several photos, parts are drawn, not photos."""
        counted = self.counted(training.class_weights)
        if self.groups is None or len(np.unique(self.groups)) == len(self.groups):
            return loader(counted, training.batch_size, training.seed)
        alike = PhotoArray(self.photos, self.labels, None, self.groups)
        drawn = photos_of_an_epoch(self.groups) if pretrained else None
        return loader(alike, training.batch_size, training.seed, counted.weights.numpy(), drawn)


class Task(NamedTuple):
    """The training task.

    Attributes:
        train: training photos.
        validation: validation photos, which choose the best weights.
        classes: names; the OK class, if any, is first.
        ok_class: name of the OK class, or None.
        grey: whether the network takes grey photos.
        reduced_side: with which the photos were decoded, see `preprocess.decode`.
        digests: SHA-256 of training, then validation photos; without them no features are kept.
    """

    train: Sample
    validation: Sample
    classes: tuple[str, ...]
    ok_class: str | None
    grey: bool
    reduced_side: int = 0
    digests: tuple[str, ...] = ()

    def numbered(self) -> tuple[Sample, Sample]:
        """Training and validation photos, with part numbers that are unique over both."""
        if self.train.groups is not None and self.validation.groups is not None:
            return self.train, self.validation
        count = len(self.train.labels)
        apart = count + np.arange(len(self.validation.labels))
        return self.train._replace(groups=None), self.validation._replace(groups=apart)
