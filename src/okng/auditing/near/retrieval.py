"""First step of the search: retrieves a few candidates that may show the same part.

For every local feature of a photo, the nearest features of all photos are retrieved, and each votes
for its photo. The weight of a vote is one minus its distance over that of the farthest neighbour.
Features that all parts of a design share have many equally near neighbours, so they weigh nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.auditing.near.faiss_index import VectorIndex
from okng.auditing.near.features import (
    Bytes,
    Floats,
    mirrored,
    rooted,
)

DIMENSIONS = 64
"""Principal components of the descriptors that are indexed; a byte each."""
MOST_VOTING, FEWEST_VOTING = 150, 75
"""Features of a photo that vote."""
_INDEXED = 10_000_000  # features of all photos: their index needs about 1 GB
NEIGHBOURS = 12
"""Neighbours of a feature that vote."""
PER_PHOTO = 10
"""Candidates of one photo, at most."""

_FOR_AXES = 300  # photos whose features determine the principal components
_CHUNK = 20_000  # vectors in double precision at a time: 20 MB


class Candidate(NamedTuple):
    """A photo that may show the same part.

    Attributes:
        number: number of the photo.
        votes: sum of the weights of its votes.
        mirrored: whether the votes are for its mirror image.
    """

    number: int
    votes: float
    mirrored: bool


def _ignore() -> None:
    """Does nothing; the default of `done`."""


class CandidateIndex:
    """Index of the local features of all photos.

    Args:
        sample: descriptors uint8 (F, 128) of some photos, drawn at random, to train the index.
        expected: number of vectors that will be added.
        seed: seeds the training.
    """

    def __init__(self, sample: Sequence[Bytes], expected: int, seed: int = 0) -> None:
        self._components, self._middle = _principal(rooted(np.concatenate(sample[:_FOR_AXES])))
        self._index = VectorIndex(self._all_reduced(sample), expected, seed)
        self._ends: npt.NDArray[np.int64] = np.zeros(0, np.int64)

    def reduced(self, vectors: Floats) -> Floats:
        """Principal components float32 (F, 64) of RootSIFT vectors (F, 128)."""
        return np.asarray((vectors - self._middle) @ self._components, dtype=np.float32)

    def fill(
        self, batches: Callable[[], Iterable[Sequence[Bytes]]], done: Callable[[], None] = _ignore
    ) -> None:
        """Add the features of all photos, in the order of their numbers.

        Args:
            batches: returns a new iterator over the descriptors of a few photos at each call.
            done: called once for each batch.
        """
        sizes: list[int] = []

        def vectors() -> Iterator[Floats]:
            sizes.clear()
            for descriptors in batches():
                sizes.extend(map(len, descriptors))
                yield self.reduced(rooted(np.concatenate(descriptors)))

        self._index.fill(vectors, done)
        self._ends = np.cumsum(sizes)

    def reset(self) -> None:
        """Remove all photos and free their memory."""
        self._index.reset()

    def _all_reduced(self, sample: Sequence[Bytes]) -> Floats:
        """As `reduced`, photo by photo to save memory: there may be a million vectors."""
        vectors = np.empty((sum(map(len, sample)), DIMENSIONS), np.float32)
        begin = 0
        for part in sample:
            vectors[begin : begin + len(part)] = self.reduced(rooted(part))
            begin += len(part)
        return vectors

    def candidates(
        self, numbers: Sequence[int], descriptors: Sequence[Bytes], most: int = PER_PHOTO
    ) -> Iterator[tuple[Candidate, ...]]:
        """At most `most` candidates for each of some photos, the most votes first."""
        sizes = [len(d) for d in descriptors]
        plain = np.concatenate(descriptors)
        neighbours = [self._votes(plain), self._votes(mirrored(plain))]
        ends = np.cumsum(sizes)
        for number, begin, end in zip(numbers, ends - sizes, ends, strict=True):
            yield _elect(number, [(o[begin:end], w[begin:end]) for o, w in neighbours], most)

    def _votes(self, descriptors: Bytes) -> tuple[npt.NDArray[np.int64], Floats]:
        """Photo and weight of each neighbour, both (F, K); photo -1 where there is none."""
        distances, ids = self._index.nearest(self.reduced(rooted(descriptors)), NEIGHBOURS)
        # Vectors are numbered photo by photo; the owner is the first photo that ends after one.
        owners = np.searchsorted(self._ends, ids, side="right")
        owners[ids < 0] = -1
        weights = 1 - distances / distances[:, -1:].clip(min=1e-9)
        return owners, np.where(ids < 0, 0, weights).astype(np.float32)


def _elect(
    number: int, parts: list[tuple[npt.NDArray[np.int64], Floats]], most: int
) -> tuple[Candidate, ...]:
    names = np.unique(np.concatenate([owners.ravel() for owners, _ in parts]))
    names = names[(names >= 0) & (names != number)]
    votes = np.stack([_count(names, *part) for part in parts])
    best = votes.max(axis=0)
    order = np.argsort(-best, kind="stable")[:most]
    return tuple(
        Candidate(int(names[i]), float(best[i]), bool(votes[1, i] > votes[0, i]))
        for i in order
        if best[i] > 0
    )


def _principal(vectors: Floats) -> tuple[Floats, Floats]:
    """The principal components (128, D) of vectors (N, 128), and their mean (128,)."""
    if len(vectors) < 2:  # blank photos have no features at all
        return np.eye(128, DIMENSIONS, dtype=np.float32), np.zeros(128, np.float32)
    middle = vectors.mean(axis=0)
    covariance = np.zeros((vectors.shape[1], vectors.shape[1]))
    for begin in range(0, len(vectors), _CHUNK):  # double precision in parts, to save memory
        part = vectors[begin : begin + _CHUNK].astype(np.float64) - middle
        covariance += part.T @ part
    directions = np.linalg.eigh(covariance)[1][:, ::-1][:, :DIMENSIONS]
    return np.ascontiguousarray(directions, dtype=np.float32), middle


def _count(
    names: npt.NDArray[np.int64], owners: npt.NDArray[np.int64], weights: Floats
) -> npt.NDArray[np.float64]:
    """Sum of the votes for each of the sorted names, float64 (len(names),)."""
    # (F, K) -> position in names; owners that are no candidates get a wrong one, and are masked.
    places = np.searchsorted(names, owners).clip(max=max(0, len(names) - 1))
    known = names[places] == owners if len(names) else np.zeros(owners.shape, bool)
    return np.bincount(places[known], weights[known], minlength=len(names)).astype(np.float64)


def voting(photos: int) -> int:
    """Number of features per photo that vote: the strongest. The others only verify pairs.

    It falls with the number of photos, so that the index fits into memory.
    """
    return max(FEWEST_VOTING, min(MOST_VOTING, _INDEXED // max(1, photos)))
