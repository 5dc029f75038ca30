"""Near-duplicates: photos of one part under any turn, flip, shear, zoom and re-encoding.

Candidates come from votes of local features, and each is proved by how many features agree on one
affine map. How many are enough is learned from pairs that show different parts for certain.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from okng.audit.near.alignment import Alignment, View, align, texture_correlation
from okng.audit.near.candidates import (
    INDEXED,
    PER_PHOTO,
    Candidate,
    CandidateIndex,
    sample_size,
)
from okng.audit.near.features import Bytes, Floats, mirrored, rooted
from okng.audit.near.groups import Joined, Link, drop_weak_links, members
from okng.audit.near.store import Store
from okng.audit.near.threshold import Threshold, choose_threshold
from okng.progress import Advance

_BATCH = 256
_DRAWN = 400
"""Photos, drawn at random, on which the threshold is learned."""
_OTHERS = 3
_WEAK = 1.6  # times the threshold: links below are looked at twice
_LEAST_CORRELATION = 0.3
_VIEWS = 1024


class NearDuplicate(NamedTuple):
    """Two photos, by number, that show one part.

    Attributes:
        a: number of the first photo.
        b: number of the second.
        score: share of the local features that agree, in [0, 1].
        matches: how many that are.
        alignment: how b lies over a.
    """

    a: int
    b: int
    score: float
    matches: int
    alignment: Alignment


class NearDuplicates(NamedTuple):
    """What the search found.

    Attributes:
        pairs: links of the groups; pairs that others link already are not among them.
        groups: photos of one part, by number; two or more each.
        threshold: from which number of agreeing features on a pair was accepted.
        checked: pairs that were compared.
        dropped: links that nobody confirmed, by number of photo.
    """

    pairs: list[NearDuplicate]
    groups: list[list[int]]
    threshold: Threshold
    checked: int
    dropped: list[tuple[int, int]]


def find_near_duplicates(
    digests: Sequence[str],
    labels: Sequence[str],
    store: Store,
    *,
    advance: Advance,
    seed: int = 0,
) -> NearDuplicates:
    """Search among photos whose local features are in the store.

    Args:
        digests: of the photos, each different from the others.
        labels: their classes; photos of different classes are taken to show different parts.
        store: knows the local features of all.
        advance: called with the photos done; each counts twice, as it is added and then asked for.
        seed: draws samples.
    """
    search = _Search(digests, labels, store, seed)
    search.build(advance)
    threshold = search.learn()
    links = list(search.links(threshold, advance))
    with _one_thread():
        kept, dropped = drop_weak_links(
            links,
            lambda a, b: search.agree(a, b, threshold),
            weak=int(_WEAK * threshold.matches),
            seed=seed,
        )
        pairs = [search.described(link) for link in kept]
    groups = members(len(digests), kept)
    lost = [(link.a, link.b) for link in dropped]
    return NearDuplicates(pairs, groups, threshold, len(search.counts), lost)


class _Search:
    """The index and all pairs that were compared so far."""

    def __init__(
        self, digests: Sequence[str], labels: Sequence[str], store: Store, seed: int
    ) -> None:
        self.digests, self.labels, self.store = digests, labels, store
        self.rng = np.random.default_rng(seed)
        self.seed = seed
        self.counts: dict[tuple[int, int], int] = {}
        self.mirrors: dict[tuple[int, int], bool] = {}
        self.view = lru_cache(maxsize=_VIEWS)(self._view)

    def build(self, advance: Advance) -> None:
        """Put the features of all photos into an index."""
        expected = len(self.digests) * INDEXED
        wanted = -(-sample_size(expected) // INDEXED)
        drawn = self.rng.permutation(len(self.digests))[:wanted]
        sample = [self._descriptors(int(number)) for number in drawn]
        self.index = CandidateIndex(sample, expected, self.seed)
        for numbers in self._batches():
            self.index.add([self._descriptors(number) for number in numbers])
            advance(len(numbers))

    def learn(self) -> Threshold:
        """Compare a sample of photos with all their candidates, and with those of other classes."""
        drawn = sorted(self.rng.permutation(len(self.digests))[:_DRAWN].tolist())
        different, checked = [], []
        asked = list(self._candidates(drawn, most=len(self.digests)))
        with _one_thread():
            for number, candidates in asked:
                checked += [self.count(number, candidate) for candidate in candidates[:PER_PHOTO]]
                others = [c for c in candidates if self.labels[c.number] != self.labels[number]]
                different += [self.count(number, candidate) for candidate in others[:_OTHERS]]
        return choose_threshold(different, checked)

    def links(self, threshold: Threshold, advance: Advance) -> Iterator[Link]:
        """Compare every photo with its candidates, but for those in its group already."""
        joined = Joined(len(self.digests))
        for numbers in self._batches():
            asked = list(self._candidates(numbers))
            with _one_thread():
                for number, candidates in asked:
                    yield from self._proved(number, candidates, threshold, joined)
            advance(len(numbers))

    def _proved(
        self, number: int, candidates: Sequence[Candidate], threshold: Threshold, joined: Joined
    ) -> Iterator[Link]:
        for candidate in candidates:
            if joined.top(number) == joined.top(candidate.number):
                continue
            matches = self.count(number, candidate)
            if matches >= threshold.matches and self._alike(number, candidate.number):
                joined.join(number, candidate.number)
                yield Link(number, candidate.number, matches)

    def agree(self, a: int, b: int, threshold: Threshold) -> bool:
        """Whether two photos show one part, plain or mirrored."""
        found = [align(self.view(a), self.view(b), mirrored=m) for m in (False, True)]
        return any(f is not None and f.matches >= threshold.matches for f in found)

    def count(self, number: int, candidate: Candidate) -> int:
        """Features of a photo and its candidate that agree."""
        pair = (number, candidate.number)
        if pair not in self.counts:
            found = align(self.view(pair[0]), self.view(pair[1]), mirrored=candidate.mirrored)
            self.counts[pair] = found.matches if found else 0
            self.mirrors[pair] = candidate.mirrored
        return self.counts[pair]

    def described(self, link: Link) -> NearDuplicate:
        """A link with all that a report shows."""
        found = self._aligned(link.a, link.b)
        fewest = min(len(self.view(link.a).places), len(self.view(link.b).places))
        return NearDuplicate(link.a, link.b, link.matches / fewest, link.matches, found)

    def _alike(self, a: int, b: int) -> bool:
        """Keeps out repeated structure, on which features agree where the rest does not."""
        alignment = self._aligned(a, b)
        return texture_correlation(self.view(a), self.view(b), alignment) > _LEAST_CORRELATION

    def _aligned(self, a: int, b: int) -> Alignment:
        found = align(self.view(a), self.view(b), mirrored=self.mirrors[a, b])
        assert found is not None  # noqa: S101 - it was found before
        return found

    def _batches(self) -> Iterator[list[int]]:
        for begin in range(0, len(self.digests), _BATCH):
            yield list(range(begin, min(begin + _BATCH, len(self.digests))))

    def _candidates(
        self, numbers: Sequence[int], most: int = PER_PHOTO
    ) -> Iterator[tuple[int, tuple[Candidate, ...]]]:
        descriptors = [self._descriptors(number) for number in numbers]
        return zip(numbers, self.index.candidates(numbers, descriptors, most), strict=True)

    def _descriptors(self, number: int) -> Bytes:
        return self.store.features(self.digests[number]).descriptors[:INDEXED]

    def _view(self, number: int) -> View:
        features = self.store.features(self.digests[number])
        plain, mirror = (
            _unit(self.index.reduced(rooted(d)))
            for d in (features.descriptors, mirrored(features.descriptors))
        )
        return View(features.places, plain, mirror, features.texture)


def _one_thread() -> AbstractContextManager[object]:
    """Products of small matrices take longer when they are shared out to threads."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True).clip(min=1e-9)
    return np.asarray(vectors / lengths, dtype=np.float32)
