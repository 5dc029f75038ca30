"""Near-duplicates: photos of one part under any turn, flip, shear, zoom and re-encoding.

Candidates come from votes of local features, and each is proved by how many features agree on one
affine map. How many are enough is learned from pairs that show different parts for certain.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from okng.auditing.near.checkpoint import Halfway
from okng.auditing.near.compare import Comparison
from okng.auditing.near.design import OwnMarks, own_marks
from okng.auditing.near.faiss_index import sample_size
from okng.auditing.near.features import Bytes
from okng.auditing.near.geometric_verification import Alignment
from okng.auditing.near.groups import (
    Joined,
    Link,
    delegates,
    drop_weak_links,
    members,
)
from okng.auditing.near.retrieval import (
    PER_PHOTO,
    Candidate,
    CandidateIndex,
    voting,
)
from okng.auditing.near.store import Store
from okng.auditing.near.threshold import Threshold, choose_threshold
from okng.progress import Advance

_BATCH = 256
_DRAWN = 400
"""Photos, drawn at random, on which the threshold is learned."""
_OTHERS = 3
_WEAK = 1.6  # times the threshold: links below are looked at twice
_TOGETHER = 64  # pairs that are compared at the same time, on all cores
_SECONDS = 20.0  # between two notes of how far it is
_COMMON_DESIGN = 28.0
"""Features on which different parts agree in one of ten pairs, from which on a print is suspected:
of castings they are 16 to 24, of parts with a print 32 and more."""
_COMMON_AT_RANDOM, _PAIRS_AT_RANDOM = 20.0, 64  # the same for half of all pairs, without labels


class NearDuplicate(NamedTuple):
    """Two photos, by number, that show one part.

    Attributes:
        a: number of the first photo.
        b: number of the second.
        score: share of the local features that agree, in [0, 1].
        matches: how many that are.
    """

    a: int
    b: int
    score: float
    matches: int


class NearDuplicates(NamedTuple):
    """What the search found.

    Attributes:
        pairs: links of the groups; pairs that others link already are not among them.
        groups: photos of one part, by number; two or more each.
        threshold: from which number of agreeing features on a pair was accepted.
        checked: pairs that were compared.
        dropped: links that nobody confirmed, by number of photo.
        own_agreement: correlation from which on a pair was accepted after the common design was
            taken away; None where that was not needed.
    """

    pairs: list[NearDuplicate]
    groups: list[list[int]]
    threshold: Threshold
    checked: int
    dropped: list[NearDuplicate]
    own_agreement: float | None


def find_near_duplicates(
    digests: Sequence[str],
    labels: Sequence[str],
    store: Store,
    *,
    advance: Advance,
    seed: int = 0,
) -> NearDuplicates:
    """Search among photos whose local features are in the store.

    A search that is stopped leaves in the store how far it was, and the next one of the same
    photos goes on from there.

    Args:
        digests: of the photos, each different from the others.
        labels: their classes; photos of different classes are taken to show different parts.
        store: knows the local features of all.
        advance: called with the photos done; each counts twice, as it is added and then asked for.
        seed: draws samples.
    """
    halfway = Halfway(store, digests, labels, seed)
    search = _Search(digests, labels, store, seed)
    search.build(advance)
    threshold = halfway.threshold or search.learn()
    search.take_design_away(threshold)
    links = search.links(threshold, halfway, advance)
    links += search.links_by_own_marks(links)
    between = search.links_between_crowds(threshold, links)
    kept, dropped = drop_weak_links(
        [*links, *between],
        lambda pairs: search.agree(pairs, threshold),
        count=len(digests),
        weak=int(_WEAK * threshold.matches),
        seed=seed,
        doubted=between,
    )
    halfway.forget()
    groups = members(len(digests), kept)
    checked = search.compare.compared + halfway.compared
    own = search.marks.line.matches / 100 if search.marks else None
    return NearDuplicates(
        search.scored(kept), groups, threshold, checked, search.scored(dropped), own
    )


class _Search:
    """The index of all photos, and what is asked of it."""

    def __init__(
        self, digests: Sequence[str], labels: Sequence[str], store: Store, seed: int
    ) -> None:
        self.digests, self.labels, self.store = digests, labels, store
        self.rng = np.random.default_rng(seed)
        self.seed = seed
        self.voting = voting(len(digests))
        self.marks: OwnMarks | None = None

    def build(self, advance: Advance) -> None:
        """Put the features of all photos into an index."""
        expected = len(self.digests) * self.voting
        wanted = -(-sample_size(expected) // self.voting)
        drawn = self.rng.permutation(len(self.digests))[:wanted]
        sample = [self._descriptors(int(number)) for number in drawn]
        self.index = CandidateIndex(sample, expected, self.seed)
        del sample  # may be large
        self.compare = Comparison(self.digests, self.store, self.index)
        sizes = (len(numbers) for numbers in self._batches(0))
        self.index.fill(
            lambda: (list(map(self._descriptors, numbers)) for numbers in self._batches(0)),
            lambda: advance(next(sizes)),
        )

    def learn(self) -> Threshold:
        """Compare a sample of photos with all their candidates, and with those of other classes."""
        drawn = sorted(self.rng.permutation(len(self.digests))[:_DRAWN].tolist())
        likeliest: list[tuple[int, Candidate]] = []
        others: list[tuple[int, Candidate]] = []
        for number, candidates in self._candidates(drawn, most=len(self.digests)):
            likeliest += [(number, candidate) for candidate in candidates[:PER_PHOTO]]
            others += [(number, candidate) for candidate in self._of_others(number, candidates)]
        checked, different = (
            [_matches(found) for found in self.compare.alignments(pairs, keep=True)]
            for pairs in (likeliest, others)
        )
        return choose_threshold(different, checked)

    def take_design_away(self, threshold: Threshold) -> None:
        """Where different parts agree in many features, look at what each has of its own."""
        common = threshold.common
        if self._alike_at_random() if common is None else common >= _COMMON_DESIGN:
            self.marks = own_marks(self.labels, self.compare, self.seed)

    def _alike_at_random(self) -> bool:
        """Whether most photos agree in many features, as they do with one print."""
        rng = np.random.default_rng((self.seed, 37))
        if len(self.digests) < 2:
            return False
        pairs = [
            rng.choice(len(self.digests), 2, replace=False).tolist()
            for _ in range(_PAIRS_AT_RANDOM)
        ]
        found = [self.compare.best(a, b) for a, b in pairs]
        return float(np.median([_matches(one) for one in found])) >= _COMMON_AT_RANDOM

    def links_by_own_marks(self, links: Sequence[Link]) -> list[Link]:
        """Photos that agree in what their common design leaves, and are not linked yet."""
        found: list[Link] = []
        if self.marks is None:
            return found
        joined = self._joined(links)
        for numbers in self._batches(0):
            for number, partners in self.marks.partners(numbers):
                for other in partners:
                    if joined.top(number) != joined.top(other):
                        joined.join(number, other)
                        best = self.compare.best(number, other)
                        matches, mirrored = (best.matches, best.mirrored) if best else (0, False)
                        found.append(Link(number, other, matches, mirrored))
        return found

    def agree(self, pairs: Sequence[tuple[int, int]], threshold: Threshold) -> list[bool]:
        """Whether photos show one part, by their features or by what is their own."""
        marks = self.marks
        by_features = self.compare.agree(pairs, threshold.matches)
        if marks is None:
            return by_features
        return [
            (by_feature and not self._refuted(*pair, threshold)) or marks.agree(*pair)
            for pair, by_feature in zip(pairs, by_features, strict=True)
        ]

    def _refuted(self, a: int, b: int, threshold: Threshold) -> bool:
        """Agreeing features prove nothing where a design is shared and no line was learned."""
        unknown = threshold.false_match_rate is None
        return unknown and self.marks is not None and self.marks.refute(a, b)

    def _joined(self, links: Sequence[Link]) -> Joined:
        joined = Joined(len(self.digests))
        for link in links:
            joined.join(link.a, link.b)
        return joined

    def _of_others(self, number: int, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The likeliest candidates of other classes."""
        own = self.labels[number]
        return list(islice((c for c in candidates if self.labels[c.number] != own), _OTHERS))

    def links(self, threshold: Threshold, halfway: Halfway, advance: Advance) -> list[Link]:
        """Compare every photo with its candidates, but for those in its group already."""
        links = list(halfway.links)
        joined = self._joined(links)
        advance(halfway.done)
        noted = time.monotonic()
        for numbers in self._batches(halfway.done):
            links += self._proved(list(self._candidates(numbers)), threshold, joined)
            advance(len(numbers))
            if time.monotonic() - noted > _SECONDS:
                halfway.note(numbers[-1] + 1, self.compare.compared, links, threshold)
                noted = time.monotonic()
        return links

    def links_between_crowds(self, threshold: Threshold, links: Sequence[Link]) -> list[Link]:
        """Compare large groups with each other, by a few of their photos.

        Thirty copies of a photo have nothing but each other among their candidates. Another photo
        of the same part, with thirty copies of its own, would never be compared with them.
        """
        chosen = delegates(len(self.digests), links, self.rng)
        if not chosen:
            return []
        self.index.reset()  # asked no more, and large
        joined = self._joined(links)
        descriptors = [self._descriptors(number) for number in chosen]
        index = CandidateIndex(descriptors, sum(map(len, descriptors)), self.seed)
        index.fill(lambda: [descriptors])
        asked = [
            (chosen[place], [c._replace(number=chosen[c.number]) for c in candidates])
            for place, candidates in enumerate(index.candidates(range(len(chosen)), descriptors))
        ]
        return list(self._proved(asked, threshold, joined))

    def scored(self, links: Sequence[Link]) -> list[NearDuplicate]:
        """Links with the share of features that agree."""
        return [NearDuplicate(li.a, li.b, self.compare.score(li), li.matches) for li in links]

    def _proved(
        self,
        asked: Sequence[tuple[int, Sequence[Candidate]]],
        threshold: Threshold,
        joined: Joined,
    ) -> Iterator[Link]:
        """The likeliest candidates of all photos first, then the second ones, and so on.

        So many pairs at a time, whatever the number of cores, so that the result is the same.
        """
        for place in range(PER_PHOTO):
            pairs = [(number, found[place]) for number, found in asked if place < len(found)]
            for begin in range(0, len(pairs), _TOGETHER):
                yield from self._links_of(pairs[begin : begin + _TOGETHER], threshold, joined)

    def _links_of(
        self, pairs: Sequence[tuple[int, Candidate]], threshold: Threshold, joined: Joined
    ) -> Iterator[Link]:
        apart = [(n, c) for n, c in pairs if joined.top(n) != joined.top(c.number)]
        for (number, candidate), found in zip(apart, self.compare.alignments(apart), strict=True):
            if found is None or found.matches < threshold.matches:
                continue
            if joined.top(number) == joined.top(candidate.number):
                continue
            if self._refuted(number, candidate.number, threshold):
                continue
            if self.compare.alike(number, candidate.number, found):
                joined.join(number, candidate.number)
                yield Link(number, candidate.number, found.matches, candidate.mirrored)

    def _batches(self, begin: int) -> Iterator[list[int]]:
        for first in range(begin, len(self.digests), _BATCH):
            yield list(range(first, min(first + _BATCH, len(self.digests))))

    def _candidates(
        self, numbers: Sequence[int], most: int = PER_PHOTO
    ) -> Iterator[tuple[int, tuple[Candidate, ...]]]:
        descriptors = [self._descriptors(number) for number in numbers]
        return zip(numbers, self.index.candidates(numbers, descriptors, most), strict=True)

    def _descriptors(self, number: int) -> Bytes:
        return self.store.features(self.digests[number]).descriptors[: self.voting]


def _matches(found: Alignment | None) -> int:
    return found.matches if found else 0
