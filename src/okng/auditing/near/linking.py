"""Links between photos of one part, from their candidates."""

import time
from collections.abc import Iterator, Sequence

import numpy as np

from okng.auditing.near.checkpoint import SearchCheckpoint
from okng.auditing.near.groups import Link, delegates, linked
from okng.auditing.near.matching import Matcher
from okng.auditing.near.retrieval import PER_PHOTO, Candidate, CandidateIndex
from okng.dataset.disjoint_sets import DisjointSets
from okng.events import Advance

_TOGETHER = 64  # pairs that are compared at the same time, on all cores


def candidate_links(
    matcher: Matcher, checkpoint: SearchCheckpoint, advance: Advance, save_seconds: float
) -> list[Link]:
    """Compare every photo with its candidates, except those already in its group.

    Args:
        matcher: decides.
        checkpoint: state of an interrupted search; receives the state of this one.
        advance: called with the number of photos compared.
        save_seconds: time between two saved states.
    """
    index = matcher.index
    links = list(checkpoint.links)
    sets = linked(links)
    advance(checkpoint.done)
    saved = time.monotonic()
    for numbers in index.batches(checkpoint.done):
        links += verified(list(index.candidates(numbers)), matcher, sets)
        advance(len(numbers))
        if time.monotonic() - saved > save_seconds:
            checkpoint.save(numbers[-1] + 1, index.compare.compared, links, matcher.threshold)
            saved = time.monotonic()
    return links


def own_mark_links(matcher: Matcher, links: Sequence[Link]) -> list[Link]:
    """Photos that agree without their common design and are not linked yet."""
    added: list[Link] = []
    if matcher.marks is None:
        return added
    sets = linked(links)
    for numbers in matcher.index.batches():
        for number, partners in matcher.marks.partners(numbers):
            for other in partners:
                if sets.find(number) != sets.find(other):
                    sets.merge((number, other))
                    best = matcher.index.compare.best(number, other)
                    matches, mirrored = (best.matches, best.mirrored) if best else (0, False)
                    added.append(Link(number, other, matches, mirrored))
    return added


def crowd_links(matcher: Matcher, links: Sequence[Link], rng: np.random.Generator) -> list[Link]:
    """Compare large groups with each other, by a few of their photos. Releases the index.

    Thirty copies of a photo have only each other among their candidates. Another photo of the same
    part, with thirty copies of its own, would not be compared with them.
    """
    index = matcher.index
    chosen = delegates(links, rng)
    if not chosen:
        return []
    index.release()  # it is large, and not searched again
    descriptors = [index.descriptors(number) for number in chosen]
    small = CandidateIndex(descriptors, sum(map(len, descriptors)), index.seed)
    small.fill(lambda: [descriptors])
    candidates = [
        (chosen[place], [c._replace(number=chosen[c.number]) for c in row])
        for place, row in enumerate(small.candidates(range(len(chosen)), descriptors))
    ]
    return list(verified(candidates, matcher, linked(links)))


def verified(
    candidates: Sequence[tuple[int, Sequence[Candidate]]],
    matcher: Matcher,
    sets: DisjointSets[int],
) -> Iterator[Link]:
    """Links that comparison confirms: the first candidates of all photos, then the second ones.

    Pairs are compared in blocks of fixed size, so that the result does not depend on the number
    of cores.

    Args:
        candidates: photos with their candidates.
        matcher: decides.
        sets: the groups so far; receives the links.
    """
    for place in range(PER_PHOTO):
        pairs = [(number, row[place]) for number, row in candidates if place < len(row)]
        for begin in range(0, len(pairs), _TOGETHER):
            yield from _verified_block(pairs[begin : begin + _TOGETHER], matcher, sets)


def _verified_block(
    pairs: Sequence[tuple[int, Candidate]], matcher: Matcher, sets: DisjointSets[int]
) -> Iterator[Link]:
    compare = matcher.index.compare
    apart = [(n, c) for n, c in pairs if sets.find(n) != sets.find(c.number)]
    for (number, candidate), alignment in zip(apart, compare.alignments(apart), strict=True):
        if alignment is None or alignment.matches < matcher.threshold.matches:
            continue
        # An earlier pair of this block may have linked them.
        if sets.find(number) == sets.find(candidate.number):
            continue
        if matcher.refuted(number, candidate.number):
            continue
        if compare.alike(number, candidate.number, alignment):
            sets.merge((number, candidate.number))
            yield Link(number, candidate.number, alignment.matches, candidate.mirrored)
