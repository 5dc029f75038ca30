"""Activations of the frozen trunk, computed once and cached for all epochs.

Each photo is cached as it is and in several random draws of illumination and position; every epoch
takes one of them. So a step runs the trainable top alone, at four tenths of the cost
(benchmarks/training/LOG.md).
"""

from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from okng.dataset.decoded_photos import allocate
from okng.events import Advance, Progress
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
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.protocol import EmbeddingTop, InspectionNetwork

Activations = npt.NDArray[np.float16]
"""Rows of the trunk, (draws, photos, R); half precision halves the memory."""


class ActivationArray(Dataset[Batch]):
    """Rows of a frozen trunk with the classes of their photos; one item is a whole batch.

    Args:
        rows: float16 (D, N, R): draw 0 is the photo as it is.
        data: the N photos that they come from.
        seed: of the choice among the draws; None takes draw 0 always.
    """

    def __init__(self, rows: Activations, data: PhotoArray, seed: int | None = None) -> None:
        self.rows = rows
        self.data = data
        self.seed = seed

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, indices: Indices) -> Batch:
        """Rows float32 (n, R) of these photos, with labels, weights and parts."""
        data = self.data
        return (
            self.draw(self._draws_of(indices), indices),
            data.labels[indices],
            data.weights[indices],
            data.parts[indices],
        )

    def draw(self, draw: int | Indices, indices: Indices) -> Tensor:
        """Rows float32 (n, R) of these photos in one draw, or in one draw each."""
        return torch.from_numpy(self.rows[draw, indices].astype(np.float32))

    def _draws_of(self, indices: Indices) -> int | Indices:
        """A draw for each photo: the order of a batch is new in each epoch, so it decides."""
        if self.seed is None:
            return 0
        rng = np.random.default_rng((self.seed, *indices.tolist()))
        return rng.integers(len(self.rows), size=len(indices))


class ActivationCache(NamedTuple):
    """Cached activations of training and validation photos, and the top that takes them.

    Attributes:
        top: the layers that learn.
        train: rows of the training photos in several draws.
        validation: the same of the validation photos; epochs validate with draw 0.
    """

    top: EmbeddingTop
    train: ActivationArray
    validation: ActivationArray

    @torch.no_grad()
    def embed(self, rows: ActivationArray, draw: int) -> Tensor:
        """What the classifier sees of all photos in one draw: float32 (N, F)."""
        at_once = photos_at_once(rows.data.photos.shape[1])
        batches = np.array_split(np.arange(len(rows)), -(-len(rows) // at_once))
        return torch.cat([self.top.embed(rows.draw(draw, batch)) for batch in batches])

    def mean_embedding(self) -> Tensor:
        """The embedding of an average training photo: float32 (F,)."""
        weights = self.train.data.weights[:, None]
        return (self.embed(self.train, 0) * weights).sum(0) / weights.sum()

    def substitute(
        self, learner: Learner, batches: DataLoader[Batch], held_out: DataLoader[Batch]
    ) -> tuple[Learner, DataLoader[Batch], DataLoader[Batch]]:
        """The same training with top and activations in place of network and photos.

        Order, labels and weights are those of the loaders: parts that are drawn by their weights
        are not weighted a second time.
        """
        learn, check = (
            ActivationArray(cached.rows, cast("PhotoArray", loaded.dataset), cached.seed)
            for cached, loaded in ((self.train, batches), (self.validation, held_out))
        )
        return (
            learner.on_top(self.top),
            DataLoader(learn, sampler=batches.sampler, batch_size=None),
            DataLoader(check, sampler=held_out.sampler, batch_size=None),
        )


def cache_activations(
    network: InspectionNetwork,
    inputs: NetworkInput,
    train: PhotoArray,
    validation: PhotoArray,
    *,
    memory_limit_gb: float,
    progress: Progress,
) -> ActivationCache | None:
    """Run the frozen trunk over several draws of all photos.

    Args:
        network: its lower layers are frozen.
        inputs: turns photos into network input, and draws.
        train: training photos.
        validation: validation photos.
        memory_limit_gb: rows beyond go to a file.
        progress: receives one stage with a step per photo and draw.

    Returns:
        None where the network cannot be cut.

    Raises:
        OkngError: neither memory nor disk has room for the rows.
    """
    first = inputs.plain(train[np.arange(min(3, len(train)))][0]).contiguous()
    halves = network.eval().split(first)
    if halves is None:
        return None
    draws = views_worth_seeing(len(train))
    total = draws * (len(train) + len(validation))
    with progress.stage("lower layers", total) as advance:
        run = extractor(halves.trunk, first, total)
        width = run(first).shape[1]
        cached = []
        for data, seed in ((train, inputs.seed), (validation, None)):
            rows = allocate((draws, len(data), width), np.float16, memory_limit_gb)
            _fill(rows, inputs, run, data, advance)
            cached.append(ActivationArray(rows, data, seed))
    return ActivationCache(halves.top, *cached)


def _fill(
    rows: Activations, inputs: NetworkInput, run: Extractor, data: PhotoArray, advance: Advance
) -> None:
    """Compute rows (D, N, R) of all photos, draw by draw."""
    batches = loader(data, photos_at_once(data.photos.shape[1]), None)
    for draw in range(len(rows)):
        done = 0
        for number, (photos, *_) in enumerate(batches):
            given = inputs.plain(photos) if draw == 0 else inputs.draw(photos, draw, number)
            computed = run(given.contiguous()).numpy()  # (n, R)
            rows[draw, done : done + len(computed)] = computed
            done += len(computed)
            advance(len(computed))
