"""Second step of the search: lays one photo over another, by their numbers."""

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

_LEAST_CORRELATION = 0.3
_VIEWS = 512


class Comparison:
    """Compares photos, and remembers those that were compared last.

    Args:
        digests: of the photos, in the order of their numbers.
        store: knows the local features of all.
        index: shortens their descriptors.

    Attributes:
        compared: pairs that were laid over each other.
    """

    def __init__(self, digests: Sequence[str], store: Store, index: CandidateIndex) -> None:
        self.compared = 0
        self._kept: dict[tuple[int, Candidate], Alignment | None] = {}

        # Bound to what it needs and not to `self`, or index and photos would outlive the search.
        @lru_cache(maxsize=_VIEWS)
        def view(number: int) -> View:
            features = store.features(digests[number])
            plain, mirror = (
                _unit(index.reduced(rooted(d)))
                for d in (features.descriptors, mirrored(features.descriptors))
            )
            return View(features.places, plain, mirror, features.texture)

        self._view = view
        self._digests, self._store = digests, store

    def view(self, number: int) -> View:
        """A photo ready to be laid over others."""
        return self._view(number)

    def grey(self, number: int) -> Bytes:
        """A photo itself, see `LocalFeatures`."""
        return self._store.features(self._digests[number]).grey

    def best(self, a: int, b: int) -> Alignment | None:
        """How b lies over a, plain or mirrored; None where too few features agree."""
        return best_alignment(self._view(a), self._view(b))

    def alignments(
        self, pairs: Sequence[tuple[int, Candidate]], *, keep: bool = False
    ) -> list[Alignment | None]:
        """How each candidate lies over its photo, or None where too few features agree.

        All cores share the work. What is kept is not compared again.
        """
        fresh = [pair for pair in pairs if pair not in self._kept]
        self.compared += len(fresh)
        with one_thread():
            found = dict(in_order(self._aligned, fresh))
        if keep:
            self._kept |= found
        return [self._kept[pair] if pair in self._kept else found[pair] for pair in pairs]

    def alike(self, a: int, b: int, alignment: Alignment) -> bool:
        """Keeps out repeated structure, on which features agree where the rest does not."""
        return texture_correlation(self._view(a), self._view(b), alignment) > _LEAST_CORRELATION

    def agree(self, pairs: Iterable[tuple[int, int]], matches: int) -> list[bool]:
        """Whether so many features agree on each pair of photos, plain or mirrored."""

        def asked(pair: tuple[int, int]) -> bool:
            found = self.best(*pair)
            return found is not None and found.matches >= matches

        with one_thread():
            return [answer for _, answer in in_order(asked, pairs)]

    def _aligned(self, pair: tuple[int, Candidate]) -> Alignment | None:
        number, candidate = pair
        a, b = self._view(number), self._view(candidate.number)
        return align(a, b, mirrored=candidate.mirrored)

    def score(self, link: Link) -> float:
        """Share of the features of two linked photos that agree, in [0, 1]."""
        return link.matches / min(len(self._view(end).places) for end in (link.a, link.b))


def one_thread() -> AbstractContextManager[object]:
    """Products of small matrices take longer when they are shared out to threads."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True).clip(min=1e-9)
    return np.asarray(vectors / lengths, dtype=np.float32)
