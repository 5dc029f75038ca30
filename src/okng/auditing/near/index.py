"""The index of all photos of a search: their features, ready to be searched and compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from okng.auditing.near.compare import Comparison
from okng.auditing.near.faiss_index import sample_size
from okng.auditing.near.features import Bytes
from okng.auditing.near.retrieval import PER_PHOTO, Candidate, CandidateIndex, voting
from okng.auditing.near.store import Store
from okng.events import Advance

BATCH = 256  # photos whose features are added, or searched for, in one call of faiss


@dataclass(frozen=True)
class PhotoIndex:
    """The features of all photos; photos are identified by their number.

    Attributes:
        digests: of the photos, in the order of their numbers.
        labels: their classes.
        compare: compares pairs of photos.
        seed: of the index.
        batch: photos that are added or searched for at once.
    """

    digests: Sequence[str]
    labels: Sequence[str]
    compare: Comparison
    seed: int
    batch: int
    _store: Store
    _voting: int
    _candidates: CandidateIndex

    @classmethod
    def build(
        cls,
        digests: Sequence[str],
        labels: Sequence[str],
        store: Store,
        rng: np.random.Generator,
        advance: Advance,
        *,
        seed: int,
        batch: int = BATCH,
    ) -> "PhotoIndex":
        """Add the features of all photos.

        Args:
            digests: of the photos, each different from the others.
            labels: their classes.
            store: cache with the local features of all photos.
            rng: draws the photos whose features determine the form of the index.
            advance: called with the number of photos added.
            seed: seeds the index.
            batch: photos that are added at once.
        """
        per_photo = voting(len(digests))
        expected = len(digests) * per_photo
        wanted = -(-sample_size(expected) // per_photo)

        def descriptors(number: int) -> Bytes:
            return store.features(digests[number]).descriptors[:per_photo]

        # A few photos give enough vectors to train the index; their order is random.
        drawn = rng.permutation(len(digests))[:wanted]
        candidates = CandidateIndex([descriptors(int(n)) for n in drawn], expected, seed)
        # An index with lists reads the batches twice; progress counts the first pass.
        sizes = (len(numbers) for numbers in _batches(0, len(digests), batch))
        candidates.fill(
            lambda: (list(map(descriptors, n)) for n in _batches(0, len(digests), batch)),
            lambda: advance(next(sizes)),
        )
        compare = Comparison(digests, store, candidates)
        return cls(digests, labels, compare, seed, batch, store, per_photo, candidates)

    def __len__(self) -> int:
        return len(self.digests)

    def batches(self, begin: int = 0) -> Iterator[list[int]]:
        """Numbers of the photos from `begin` on, in batches."""
        return _batches(begin, len(self), self.batch)

    def descriptors(self, number: int) -> Bytes:
        """Descriptors of the features that vote, uint8 (F, 128), the strongest first."""
        return self._store.features(self.digests[number]).descriptors[: self._voting]

    def candidates(
        self, numbers: Sequence[int], most: int = PER_PHOTO
    ) -> Iterator[tuple[int, tuple[Candidate, ...]]]:
        """Each of some photos with at most so many candidates, the likeliest first."""
        descriptors = [self.descriptors(number) for number in numbers]
        return zip(numbers, self._candidates.candidates(numbers, descriptors, most), strict=True)

    def release(self) -> None:
        """Free the memory of the index. Photos can still be compared, but not searched for."""
        self._candidates.reset()


def _batches(begin: int, end: int, size: int) -> Iterator[list[int]]:
    for first in range(begin, end, size):
        yield list(range(first, min(first + size, end)))
