"""Batches of decoded photos in memory, in an order that depends on seed and epoch alone."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
import torch.distributed as dist
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

Indices = npt.NDArray[np.int64]
Batch = tuple[Tensor, Tensor, Tensor, Tensor]
"""Photos float32 (n, 3, S, S) in [0, 1], labels int64, weights float32, parts int64, all (n,)."""
_AT_ONCE, _SIZE_AT_ONCE = 32, 288  # photos of this side length, in pixels, fit into memory


class PhotoArray(Dataset[Batch]):
    """Decoded photos with their classes; one item is a whole batch.

    Args:
        photos: uint8 (N, S, S, 3), in memory or memory-mapped.
        labels: int64 (N,), class indices.
        weights: float32 (N,), how much each counts in the loss; all alike when left out.
        parts: int64 (N,), equal for photos of one part; each its own when left out.
    """

    def __init__(
        self,
        photos: npt.NDArray[np.uint8],
        labels: npt.NDArray[np.int64],
        weights: npt.NDArray[np.float32] | None = None,
        parts: npt.NDArray[np.int64] | None = None,
    ) -> None:
        self.photos = photos
        self.labels = torch.from_numpy(labels.astype(np.int64))
        self.weights = torch.ones(len(labels)) if weights is None else torch.from_numpy(weights)
        self.parts = torch.arange(len(labels)) if parts is None else torch.from_numpy(parts)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, indices: Indices) -> Batch:
        """The photos of these rows, and what belongs to them."""
        photos = (
            torch.from_numpy(self.photos[indices]).permute(0, 3, 1, 2).float() / 255
        )  # (n, 3, S, S)
        return photos, self.labels[indices], self.weights[indices], self.parts[indices]


class EpochOrder(Sampler[Indices]):
    """Batches of indices: shuffled by (seed, epoch), sizes as equal as can be.

    Equal sizes leave no last batch of one photo, which batch normalisation could not use.

    Args:
        count: number of photos.
        batch_size: photos of a batch, at most.
        seed: decides the order; None keeps it.
        chances: float (N,), relative probability of drawing each photo, with replacement; None
            takes each photo once.
        drawn: photos of an epoch where they are drawn by their chances; as many as there are when
            left out.
    """

    def __init__(
        self,
        count: int,
        batch_size: int,
        seed: int | None,
        chances: npt.NDArray[np.float32] | None = None,
        drawn: int | None = None,
    ) -> None:
        self.count = count
        self.drawn = count if chances is None or drawn is None else drawn
        self.batches = max(1, -(-self.drawn // batch_size))
        self.seed = seed
        self.chances = None if chances is None else _shares(chances)
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch, also after a resume."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[Indices]:
        order = np.arange(self.count)
        if self.seed is not None:
            # From (seed, epoch) alone: a resumed run draws the batches of an uninterrupted one.
            rng = np.random.default_rng((self.seed, self.epoch))
            order = rng.choice(order, self.drawn, replace=self.chances is not None, p=self.chances)
        for batch in np.array_split(order, self.batches):
            yield self._own(batch)

    @staticmethod
    def _own(batch: Indices) -> Indices:
        """This process's part of a batch: the whole, unless several devices train together."""
        if not (dist.is_available() and dist.is_initialized()):
            return batch
        world, rank = dist.get_world_size(), dist.get_rank()
        if len(batch) < world:
            return batch  # every process needs a batch, so all take it
        return np.array_split(batch, world)[rank]


def _shares(chances: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Chances that sum to 1 within the tolerance of `numpy.random`, which float32 misses."""
    exact = chances.astype(np.float64)
    return np.asarray(exact / exact.sum())


def photos_at_once(size: int, passes: int = 1) -> int:
    """Batch size for frozen layers: maps of large photos would fill the memory.

    32, and of photos over 288 px as many as have no more pixels; at 1024 px 2.

    Args:
        size: height and width of the photos.
        passes: of the network over each photo; so many fewer photos go together.
    """
    return max(1, min(_AT_ONCE, _AT_ONCE * _SIZE_AT_ONCE**2 // size**2) // passes)


def loader(
    data: PhotoArray,
    batch_size: int,
    seed: int | None,
    chances: npt.NDArray[np.float32] | None = None,
    drawn: int | None = None,
) -> DataLoader[Batch]:
    """A loader of whole batches; see `EpochOrder` for the arguments."""
    order = EpochOrder(len(data), batch_size, seed, chances, drawn)
    return DataLoader(data, sampler=order, batch_size=None, pin_memory=torch.cuda.is_available())
