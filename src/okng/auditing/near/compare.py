"""Second step of the search: aligns pairs of photos and counts the agreeing features."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from okng.auditing.near.features import (
    Bytes,
    Floats,
    mirrored,
    rooted,
)
from okng.auditing.near.geometric_verification import (
    Alignment,
    View,
    align,
    best_alignment,
    texture_correlation,
)
from okng.auditing.near.groups import Link
from okng.auditing.near.retrieval import Candidate, CandidateIndex
from okng.auditing.near.store import Store
from okng.dataset.parallel import in_order

_LEAST_CORRELATION = 0.3  # of the textures of two photos of one part; see `Comparison.alike`
_VIEWS = 512  # photos whose vectors are cached: about 130 kB each


class Comparison:
    """Compares photos by number, and caches the vectors of those compared last.

    Args:
        digests: digests of the photos, in the order of their numbers.
        store: cache with the local features of all photos.
        index: reduces the dimensions of the descriptors.

    Attributes:
        compared: number of pairs that were aligned.
    """

    def __init__(self, digests: Sequence[str], store: Store, index: CandidateIndex) -> None:
        self.compared = 0
        self._cached: dict[tuple[int, Candidate], Alignment | None] = {}

        # A closure without `self`: lru_cache on a method would keep index and photos in memory
        # after the search.
        @lru_cache(maxsize=_VIEWS)
        def view(number: int) -> View:
            features = store.features(digests[number])
            plain, mirror = (
                _unit(index.reduced(rooted(d)))
                for d in (features.descriptors, mirrored(features.descriptors))
            )
            return View(features.places, plain, mirror, features.texture)  # (F, 2), 2 x (F, 64)

        self._view = view
        self._digests, self._store = digests, store

    def view(self, number: int) -> View:
        """A photo, prepared for alignment."""
        return self._view(number)

    def grey(self, number: int) -> Bytes:
        """A photo in grey, uint8 (h, w), see `LocalFeatures`."""
        return self._store.features(self._digests[number]).grey

    def best(self, a: int, b: int) -> Alignment | None:
        """The alignment of b with a, plain or mirrored; None if too few features agree."""
        return best_alignment(self._view(a), self._view(b))

    def alignments(
        self, pairs: Sequence[tuple[int, Candidate]], *, keep: bool = False
    ) -> list[Alignment | None]:
        """The alignment of each candidate with its photo, or None if too few features agree.

        Runs on all cores.

        Args:
            pairs: numbers of photos, each with a candidate.
            keep: whether to cache the results for a second call.
        """
        fresh = [pair for pair in pairs if pair not in self._cached]
        self.compared += len(fresh)
        with one_thread():
            aligned = dict(in_order(self._aligned, fresh))
        if keep:
            self._cached |= aligned
        return [self._cached[pair] if pair in self._cached else aligned[pair] for pair in pairs]

    def alike(self, a: int, b: int, alignment: Alignment) -> bool:
        """Whether the textures of two aligned photos correlate.

        This rejects repeated structure, where features agree although the rest does not.
        """
        return texture_correlation(self._view(a), self._view(b), alignment) > _LEAST_CORRELATION

    def agree(self, pairs: Iterable[tuple[int, int]], matches: int) -> list[bool]:
        """Whether at least `matches` features agree, for each pair, plain or mirrored."""

        def enough(pair: tuple[int, int]) -> bool:
            alignment = self.best(*pair)
            return alignment is not None and alignment.matches >= matches

        with one_thread():
            return [answer for _, answer in in_order(enough, pairs)]

    def _aligned(self, pair: tuple[int, Candidate]) -> Alignment | None:
        number, candidate = pair
        a, b = self._view(number), self._view(candidate.number)
        return align(a, b, mirrored=candidate.mirrored)

    def score(self, link: Link) -> float:
        """Fraction of the features of two linked photos that agree, in [0, 1]."""
        return link.matches / min(len(self._view(end).places) for end in (link.a, link.b))


def one_thread() -> AbstractContextManager[object]:
    """Limits BLAS to one thread: products of small matrices are slower on several."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True).clip(min=1e-9)
    return np.asarray(vectors / lengths, dtype=np.float32)
