"""Near duplicates: photos of one part under any turn, flip, shear, zoom and re-encoding.

Candidates are retrieved by votes of local features. Each candidate is verified by the number of
features that agree on one affine map. The threshold on this number is learned from pairs that
certainly show different parts.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from okng.auditing.near.checkpoint import SearchCheckpoint
from okng.auditing.near.groups import Link, drop_weak_links, members
from okng.auditing.near.index import BATCH, PhotoIndex
from okng.auditing.near.linking import candidate_links, crowd_links, own_mark_links
from okng.auditing.near.matching import Matcher, learn_threshold, without_design
from okng.auditing.near.store import Store
from okng.auditing.near.threshold import Threshold
from okng.events import Advance

_WEAK = 1.6  # times the threshold: weaker links are checked again


class NearDuplicate(NamedTuple):
    """Two photos, by number, that show one part.

    Attributes:
        a: number of the first photo.
        b: number of the second.
        score: fraction of the local features that agree, in [0, 1].
        matches: number of these features.
    """

    a: int
    b: int
    score: float
    matches: int


class NearDuplicates(NamedTuple):
    """Result of a search.

    Attributes:
        pairs: links of the groups; pairs that are linked over other photos are not included.
        groups: for each part, the numbers of its photos; two or more.
        threshold: number of agreeing features from which a pair is accepted.
        checked: number of pairs that were compared.
        dropped: links that other photos did not confirm.
        own_agreement: correlation from which a pair is accepted after the common design was
            removed; None if there is no common design.
    """

    pairs: list[NearDuplicate]
    groups: list[list[int]]
    threshold: Threshold
    checked: int
    dropped: list[NearDuplicate]
    own_agreement: float | None


class SearchLimits(NamedTuple):
    """Limits of a search that do not change its result.

    Attributes:
        batch: photos that are searched for at once.
        save_seconds: time between two saved states.
    """

    batch: int = BATCH
    save_seconds: float = 20.0


DEFAULT_LIMITS = SearchLimits()


def find_near_duplicates(
    digests: Sequence[str],
    labels: Sequence[str],
    store: Store,
    *,
    advance: Advance,
    seed: int = 0,
    limits: SearchLimits = DEFAULT_LIMITS,
) -> NearDuplicates:
    """Search among photos whose local features are in the store.

    An interrupted search leaves its state in the store, and the next search among the same photos
    resumes from there.

    Args:
        digests: of the photos, each different from the others.
        labels: their classes; photos of different classes are assumed to show different parts.
        store: cache with the local features of all photos.
        advance: called with the number of photos done; each counts twice, once when it is added
            and once when its candidates are compared.
        seed: seeds the samples.
        limits: limits of time and memory.
    """
    rng = np.random.default_rng(seed)
    checkpoint = SearchCheckpoint(store, digests, labels, seed)
    index = PhotoIndex.build(digests, labels, store, rng, advance, seed=seed, batch=limits.batch)
    threshold = checkpoint.threshold or learn_threshold(index, rng)
    matcher = Matcher(index, threshold, without_design(index, threshold, seed))
    links = candidate_links(matcher, checkpoint, advance, limits.save_seconds)
    links += own_mark_links(matcher, links)
    between = crowd_links(matcher, links, rng)
    confirmed, dropped = drop_weak_links(
        [*links, *between],
        matcher.agree,
        count=len(digests),
        weak=int(_WEAK * threshold.matches),
        seed=seed,
        doubted=between,
    )
    checkpoint.remove()
    return NearDuplicates(
        _scored(index, confirmed),
        members(confirmed),
        threshold,
        index.compare.compared + checkpoint.compared,
        _scored(index, dropped),
        matcher.marks.line.matches / 100 if matcher.marks else None,
    )


def _scored(index: PhotoIndex, links: Sequence[Link]) -> list[NearDuplicate]:
    """Links with the fraction of features that agree."""
    return [NearDuplicate(li.a, li.b, index.compare.score(li), li.matches) for li in links]
