"""What the lower layers say of every photo, worked out once and kept for all epochs.

Each photo is kept as it is and in several draws of light and position; every epoch takes one of
them. So a step runs the upper layers alone, at four tenths of the cost
(benchmarks/training/LOG.md).
"""

from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from okng.dataset.decoded_photos import allocate
from okng.progress import Advance, Progress
from okng.training.data.draws import views_worth_seeing
from okng.training.data.loader import (
    Batch,
    Indices,
    PhotoArray,
    loader,
    photos_at_once,
)
from okng.training.fine_tune.lightning_module import Learner
from okng.training.networks.feature_extractor import Extractor, extractor
from okng.training.networks.trunk import TrainableTop, cut_network

Halves = npt.NDArray[np.float16]


class MapArray(Dataset[Batch]):
    """Rows of `cut.FrozenTrunk` with the classes of their photos; one item is a whole batch.

    Args:
        rows: float16 (D, N, R): draw 0 is the photo as it is.
        data: the N photos that they come from.
        draws: seed of the choice among the draws; None takes draw 0 always.
    """

    def __init__(self, rows: Halves, data: PhotoArray, draws: int | None = None) -> None:
        self.rows = rows
        self.data = data
        self.draws = draws

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, indices: Indices) -> Batch:
        """Rows float32 (n, R) of these photos, and what belongs to them."""
        data = self.data
        return (
            self.view(self._drawn(indices), indices),
            data.labels[indices],
            data.weights[indices],
            data.parts[indices],
        )

    def view(self, draw: int | Indices, indices: Indices) -> Tensor:
        """Rows float32 (n, R) of these photos in one draw, or in one draw each."""
        return torch.from_numpy(self.rows[draw, indices].astype(np.float32))

    def _drawn(self, indices: Indices) -> int | Indices:
        """A draw for each photo: the order of a batch is new in each epoch, so it decides."""
        if self.draws is None:
            return 0
        rng = np.random.default_rng((self.draws, *indices.tolist()))
        return rng.integers(len(self.rows), size=len(indices))


class KeptRows(NamedTuple):
    """Rows of the photos to learn from and of those held out, and the layers that see them.

    Attributes:
        upper: the layers that learn.
        train: rows in several draws.
        validation: the same of those held out; draw 0 is what epochs judge.
    """

    upper: TrainableTop
    train: MapArray
    validation: MapArray

    @torch.no_grad()
    def seen(self, rows: MapArray, view: int) -> Tensor:
        """What the classifier sees of all photos in one draw: float32 (N, F)."""
        at_once = photos_at_once(rows.data.photos.shape[1])
        batches = np.array_split(np.arange(len(rows)), -(-len(rows) // at_once))
        return torch.cat([self.upper.seen(rows.view(view, batch)) for batch in batches])

    def typical(self) -> Tensor:
        """What the classifier sees of an average training photo: float32 (F,)."""
        weights = self.train.data.weights[:, None]
        return (self.seen(self.train, 0) * weights).sum(0) / weights.sum()

    def of_upper(
        self, learner: Learner, batches: DataLoader[Batch], held_out: DataLoader[Batch]
    ) -> tuple[Learner, DataLoader[Batch], DataLoader[Batch]]:
        """The same training with upper layers and rows in place of network and photos.

        Order, labels and weights are those of the batches: drawn parts count no second time.
        """
        learn, check = (
            MapArray(kept.rows, cast("PhotoArray", loaded.dataset), kept.draws)
            for kept, loaded in ((self.train, batches), (self.validation, held_out))
        )
        return (
            learner.over_rows(self.upper),
            DataLoader(learn, sampler=batches.sampler, batch_size=None),
            DataLoader(check, sampler=held_out.sampler, batch_size=None),
        )


def keep_rows(
    learner: Learner,
    train: PhotoArray,
    validation: PhotoArray,
    memory_limit_gb: float,
    progress: Progress,
) -> KeptRows | None:
    """Run the lower layers over several draws of all photos.

    Args:
        learner: with a network whose lower layers do not learn; it draws.
        train: photos to learn from.
        validation: photos held out.
        memory_limit_gb: rows beyond go to a file.
        progress: receives one stage with a step per photo and draw.

    Returns:
        None where the network cannot be cut.

    Raises:
        OkngError: neither memory nor disk has room for the rows.
    """
    first = example_of(learner, train)
    learner.eval()
    halves = cut_network(learner.network, first)
    if halves is None:
        return None
    lower, upper = halves
    draws = views_worth_seeing(len(train))
    asked = draws * (len(train) + len(validation))
    with progress.stage("lower layers", asked) as advance:
        run = extractor(lower, first, asked)
        width = run(first).shape[1]
        kept = []
        for data, seed in ((train, learner.seed), (validation, None)):
            room = allocate((draws, len(data), width), np.float16, memory_limit_gb)
            kept.append(MapArray(_rows(learner, run, data, room, advance), data, seed))
    return KeptRows(upper, *kept)


def _rows(
    learner: Learner, run: Extractor, data: PhotoArray, rows: Halves, advance: Advance
) -> Halves:
    batches = loader(data, photos_at_once(data.photos.shape[1]), None)
    for view in range(len(rows)):
        done = 0
        for number, (photos, *_) in enumerate(batches):
            seen = learner.prepared(photos) if view == 0 else learner.varied(photos, view, number)
            found = run(seen.contiguous()).numpy()
            rows[view, done : done + len(found)] = found
            done += len(found)
            advance(len(found))
    return rows


def example_of(learner: Learner, data: PhotoArray) -> Tensor:
    """A few photos as the network sees them."""
    return learner.prepared(data[np.arange(min(3, len(data)))][0]).contiguous()
