"""The photos of a study, in folds that no part crosses, decoded once for each image size."""

from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache

from okng.config import Decode
from okng.dataset import Dataset, load_photos, make_folds
from okng.evaluation.statistics.intervals import group_numbers
from okng.preprocess import side_to_keep
from okng.training.data.samples import Sample

Rows = npt.NDArray[np.int64]
Photos = npt.NDArray[np.uint8]


class Fold(NamedTuple):
    """Rows of photos: to train on, to choose the threshold on, and to test on."""

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
    """Photos in folds that no part crosses; each is tested in one of them.

    Args:
        dataset: photos with digests and groups; none of them is in the test of a run.
        folds: number of folds, at least 2.
        validation: fraction of all photos that choose weights and threshold of a fold.
        seed: decides the folds.
        memory_limit_gb: limit of all cached arrays of decoded photos.
        decode: whether large JPEGs may be decoded at a fraction of their size, as in a training.

    Raises:
        DatasetError: there are too few parts for so many folds.
    """

    def __init__(
        self,
        dataset: Dataset,
        folds: int,
        *,
        validation: float,
        seed: int,
        memory_limit_gb: float,
        decode: Decode = Decode.AUTO,
    ) -> None:
        self.dataset = dataset
        self.labels = dataset.labels()
        self.groups = group_numbers([photo.group for photo in dataset.photos])
        shared = make_folds(dataset, folds, validation=validation, seed=seed)
        self.folds = [_fold(dataset, each) for each in shared]
        self._memory_limit_gb, self._decode = memory_limit_gb, decode
        limit = int(memory_limit_gb * 1e9)
        self._decoded: LRUCache[int, Photos] = LRUCache(
            limit,
            getsizeof=lambda photos: min(photos.nbytes, limit),  # larger arrays are files
        )

    @property
    def fewest(self) -> int:
        """Number of training photos of the smallest fold."""
        return min(len(fold.train) for fold in self.folds)

    def at(self, size: int) -> Photos:
        """All photos, uint8 (N, size, size, 3); the sizes used last stay in the cache."""
        if (cached := self._decoded.get(size)) is not None:
            return cached
        needed = len(self.dataset) * size * size * 3
        while self._decoded and self._decoded.currsize + needed > self._decoded.maxsize:
            self._decoded.popitem()  # before the new array is allocated, not after
        paths = self.dataset.paths()
        photos = load_photos(
            paths,
            size,
            memory_limit_gb=self._memory_limit_gb,
            depth=self.dataset.depth,
            reduced_side=0 if self._decode is Decode.FULL else side_to_keep(paths, size),
        )
        self._decoded[size] = photos
        return photos

    def sample(self, size: int, rows: Rows) -> Sample:
        """Some of the photos, with labels and groups; their pixels are not copied."""
        photos = cast("Photos", _View(self.at(size), rows))
        return Sample(photos, self.labels[rows], self.groups[rows])


def _fold(dataset: Dataset, shared: Dataset) -> Fold:
    split = {photo.path: photo.split for photo in shared.photos}
    splits = np.array([split[photo.path] for photo in dataset.photos])
    return Fold(*(np.flatnonzero(splits == name) for name in ("train", "val", "test")))
