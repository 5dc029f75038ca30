"""Batches from decoded photos in memory, in an order that only the seed and the epoch decide."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

Indices = npt.NDArray[np.int64]


class PhotoArray(Dataset[tuple[Tensor, Tensor]]):
    """Decoded photos with their classes; one item is a whole batch.

    Args:
        photos: uint8 (N, S, S, 3), in memory or memory-mapped.
        labels: int64 (N,), class indices.
    """

    def __init__(self, photos: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64]) -> None:
        self.photos = photos
        self.labels = torch.from_numpy(labels.astype(np.int64))

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, indices: Indices) -> tuple[Tensor, Tensor]:
        """Photos as float32 (n, 3, S, S) in [0, 1], and labels int64 (n,)."""
        batch = torch.from_numpy(self.photos[indices]).permute(0, 3, 1, 2).float() / 255
        return batch, self.labels[indices]


class EpochOrder(Sampler[Indices]):
    """Batches of indices: shuffled by (seed, epoch), sizes as equal as can be.

    Equal sizes leave no last batch of one photo, which batch normalisation could not use.
    """

    def __init__(self, count: int, batch_size: int, seed: int | None) -> None:
        self.count = count
        self.batches = max(1, -(-count // batch_size))
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch, also after a resume."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[Indices]:
        order = np.arange(self.count)
        if self.seed is not None:
            order = np.random.default_rng((self.seed, self.epoch)).permutation(order)
        yield from np.array_split(order, self.batches)


def loader(
    data: PhotoArray, batch_size: int, seed: int | None
) -> DataLoader[tuple[Tensor, Tensor]]:
    """A loader of whole batches; `seed` None keeps the order."""
    return DataLoader(data, sampler=EpochOrder(len(data), batch_size, seed), batch_size=None)
