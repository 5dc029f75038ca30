"""The photos of a study: decoded once for each image size, and shared out to the same folds."""

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from okng.dataset import Dataset, load_photos, make_folds
from okng.evaluation.statistics.intervals import group_numbers
from okng.training.data.samples import Sample

Rows = npt.NDArray[np.int64]
Photos = npt.NDArray[np.uint8]


class Fold(NamedTuple):
    """Rows of photos: those to learn from, those that choose, and those that are judged."""

    train: Rows
    val: Rows
    test: Rows


class _View:
    """Some rows of an array, which stays where it is: in memory or in a file."""

    def __init__(self, photos: Photos, rows: Rows) -> None:
        self._photos, self._rows = photos, rows
        self.shape = (len(rows), *photos.shape[1:])

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, which: Any) -> Photos:
        return np.asarray(self._photos[self._rows[which]])


class FoldedPhotos:
    """Photos in folds that no part crosses; each is judged in one of them.

    Args:
        dataset: photos with digests and groups; none of them is in the test of a run.
        folds: number of folds, at least 2.
        validation: share of all photos that choose weights and threshold of a fold.
        seed: decides the folds.
        memory_limit_gb: arrays of decoded photos that are kept together are not larger.

    Raises:
        DatasetError: there are too few parts for so many folds.
    """

    def __init__(
        self, dataset: Dataset, folds: int, *, validation: float, seed: int, memory_limit_gb: float
    ) -> None:
        self.dataset = dataset
        self.labels = dataset.labels()
        self.groups = group_numbers([photo.group for photo in dataset.photos])
        shared = make_folds(dataset, folds, validation=validation, seed=seed)
        self.folds = [_fold(dataset, each) for each in shared]
        self._memory_limit_gb = memory_limit_gb
        self._decoded: dict[int, Photos] = {}

    @property
    def fewest(self) -> int:
        """Photos that the smallest fold learns from."""
        return min(len(fold.train) for fold in self.folds)

    def at(self, size: int) -> Photos:
        """All photos, uint8 (N, size, size, 3); sizes that were asked for last are kept."""
        if size not in self._decoded:
            self._make_room(size)
            self._decoded[size] = load_photos(
                self.dataset.paths(),
                size,
                memory_limit_gb=self._memory_limit_gb,
                depth=self.dataset.depth,
            )
        self._decoded[size] = self._decoded.pop(size)  # the last one asked for
        return self._decoded[size]

    def sample(self, size: int, rows: Rows) -> Sample:
        """Some of the photos, with labels and groups; their pixels are not copied."""
        photos = cast("Photos", _View(self.at(size), rows))
        return Sample(photos, self.labels[rows], self.groups[rows])

    def _make_room(self, size: int) -> None:
        needed = len(self.dataset) * size * size * 3
        sizes = list(itertools.accumulate([needed, *(a.nbytes for a in self._newest_first())]))
        fitting = sum(total <= self._memory_limit_gb * 1e9 for total in sizes[1:])
        for old in list(self._decoded)[: len(self._decoded) - fitting]:
            del self._decoded[old]

    def _newest_first(self) -> Sequence[Photos]:
        return list(self._decoded.values())[::-1]


def _fold(dataset: Dataset, shared: Dataset) -> Fold:
    split = {photo.path: photo.split for photo in shared.photos}
    splits = np.array([split[photo.path] for photo in dataset.photos])
    return Fold(*(np.flatnonzero(splits == name) for name in ("train", "val", "test")))
