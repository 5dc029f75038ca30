"""The decision whether two photos show one part, learned from the photos themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from okng.auditing.near.design import OwnMarks, own_marks
from okng.auditing.near.geometric_verification import Alignment
from okng.auditing.near.index import PhotoIndex
from okng.auditing.near.retrieval import PER_PHOTO, Candidate
from okng.auditing.near.threshold import Threshold, choose_threshold

_DRAWN = 400  # photos, drawn at random, on which the threshold is learned
_OTHERS = 3  # candidates of other classes per drawn photo
_COMMON_DESIGN = 28.0
"""Features on which different parts agree in one of ten pairs, from which a common print is
suspected: 16 to 24 on castings, 32 and more on parts with a print."""
_COMMON_AT_RANDOM, _PAIRS_AT_RANDOM = 20.0, 64  # the median of so many pairs, without labels


@dataclass(frozen=True)
class Matcher:
    """Decides whether photos show one part.

    Attributes:
        index: the photos.
        threshold: number of agreeing features from which a pair is accepted.
        marks: what is left of the photos without their common design; None if there is none.
    """

    index: PhotoIndex
    threshold: Threshold
    marks: OwnMarks | None

    def agree(self, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        """Whether each pair shows one part, by its features or without the common design."""
        by_features = self.index.compare.agree(pairs, self.threshold.matches)
        if self.marks is None:
            return by_features
        return [
            (by_feature and not self.refuted(*pair)) or self.marks.agree(*pair)
            for pair, by_feature in zip(pairs, by_features, strict=True)
        ]

    def refuted(self, a: int, b: int) -> bool:
        """Whether the rest without the common design contradicts agreeing features.

        This counts only if no threshold was learned: it then does not account for the design.
        """
        unknown = self.threshold.false_match_rate is None
        return unknown and self.marks is not None and self.marks.refute(a, b)


def learn_threshold(index: PhotoIndex, rng: np.random.Generator) -> Threshold:
    """Compare a sample of photos with their candidates, and with candidates of other classes."""
    drawn = sorted(rng.permutation(len(index))[:_DRAWN].tolist())
    likeliest: list[tuple[int, Candidate]] = []
    others: list[tuple[int, Candidate]] = []
    # All candidates, not the first ten: those of other classes may be far down the list.
    for number, candidates in index.candidates(drawn, most=len(index)):
        likeliest += [(number, candidate) for candidate in candidates[:PER_PHOTO]]
        others += [(number, candidate) for candidate in _of_others(index, number, candidates)]
    checked, different = (
        [_matches(alignment) for alignment in index.compare.alignments(pairs, keep=True)]
        for pairs in (likeliest, others)
    )
    return choose_threshold(different, checked)


def without_design(index: PhotoIndex, threshold: Threshold, seed: int) -> OwnMarks | None:
    """Remove the common design if different parts agree in many features; None if they do not."""
    common = threshold.common
    has_design = _alike_at_random(index, seed) if common is None else common >= _COMMON_DESIGN
    return own_marks(index.labels, index.compare, seed) if has_design else None


def _of_others(index: PhotoIndex, number: int, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The likeliest candidates of other classes."""
    own = index.labels[number]
    return list(islice((c for c in candidates if index.labels[c.number] != own), _OTHERS))


def _alike_at_random(index: PhotoIndex, seed: int) -> bool:
    """Whether most random pairs agree in many features, as photos with a common print do."""
    rng = np.random.default_rng((seed, 37))
    if len(index) < 2:
        return False
    pairs = [rng.choice(len(index), 2, replace=False).tolist() for _ in range(_PAIRS_AT_RANDOM)]
    matches = [_matches(index.compare.best(a, b)) for a, b in pairs]
    return float(np.median(matches)) >= _COMMON_AT_RANDOM


def _matches(alignment: Alignment | None) -> int:
    return alignment.matches if alignment else 0
