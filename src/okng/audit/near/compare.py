"""Second step of the search: lays one photo over another, by their numbers."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from okng.audit.near.alignment import Alignment, View, align, texture_correlation
from okng.audit.near.candidates import Candidate, CandidateIndex
from okng.audit.near.features import Floats, mirrored, rooted
from okng.audit.near.groups import Link
from okng.audit.near.store import Store

_LEAST_CORRELATION = 0.3
_VIEWS = 1024


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

    def __call__(
        self, number: int, candidate: Candidate, *, keep: bool = False
    ) -> Alignment | None:
        """How a candidate lies over a photo, or None where too few features agree.

        What is kept is not compared again.
        """
        if (number, candidate) in self._kept:
            return self._kept[number, candidate]
        self.compared += 1
        a, b = self._view(number), self._view(candidate.number)
        found = align(a, b, mirrored=candidate.mirrored)
        if keep:
            self._kept[number, candidate] = found
        return found

    def alike(self, a: int, b: int, alignment: Alignment) -> bool:
        """Keeps out repeated structure, on which features agree where the rest does not."""
        return texture_correlation(self._view(a), self._view(b), alignment) > _LEAST_CORRELATION

    def agree(self, a: int, b: int, matches: int) -> bool:
        """Whether so many features agree, plain or mirrored."""
        found = [align(self._view(a), self._view(b), mirrored=m) for m in (False, True)]
        return any(f is not None and f.matches >= matches for f in found)

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
