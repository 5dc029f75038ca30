"""okng.auditing.near.retrieval: the photo that a copy was made of is among the first."""

import numpy as np
import pytest

from okng.auditing.near.features import Bytes, local_features
from okng.auditing.near.retrieval import CandidateIndex
from okng.testing import copy_photo, draw_part

PARTS = 12


def _fill(index: CandidateIndex, descriptors: list[Bytes]) -> None:
    index.fill(lambda: [descriptors[:2], descriptors[2:]])


@pytest.fixture(scope="module")
def descriptors() -> list[Bytes]:
    """Twelve parts, and a copy of the first five."""
    parts = [draw_part(seed, size=128) for seed in range(PARTS)]
    copies = [copy_photo(part, 50 + seed) for seed, part in enumerate(parts[:5])]
    return [local_features(sample.photo).descriptors for sample in [*parts, *copies]]


def test_copies_are_first(descriptors: list[Bytes]) -> None:
    """Under turn, flip, shear, zoom and other light, all at once."""
    index = CandidateIndex(descriptors, sum(map(len, descriptors)))
    _fill(index, descriptors)
    copies = range(PARTS, PARTS + 5)
    found = list(index.candidates(copies, [descriptors[n] for n in copies]))

    # The only mirrored photo of a design is like all others, mirrored: it may come first.
    assert [n in {c.number for c in cs[:2]} for n, cs in enumerate(found)] == [True] * 5
    assert all(c.votes > 0 for candidates in found for c in candidates)
    assert all(n not in {c.number for c in cs} for n, cs in zip(copies, found, strict=True))


def test_mirrored_copies_are_told(descriptors: list[Bytes]) -> None:
    """A mirror image votes with mirrored features."""
    photo = np.ascontiguousarray(draw_part(7, size=128).photo[:, ::-1])
    flipped = local_features(photo).descriptors
    index = CandidateIndex(descriptors, sum(map(len, descriptors)))
    _fill(index, [*descriptors, flipped])
    best = next(index.candidates([len(descriptors)], [flipped]))[0]

    assert (best.number, best.mirrored) == (7, True)


def test_photos_without_features_have_no_candidates() -> None:
    """Blank photos: no vote, no failure."""
    blank = [np.zeros((0, 128), np.uint8)] * 3
    index = CandidateIndex(blank, 10_000_000)
    _fill(index, blank)

    assert list(index.candidates([0, 1], blank[:2])) == [(), ()]


def test_no_more_than_asked(descriptors: list[Bytes]) -> None:
    """The likeliest, in order."""
    index = CandidateIndex(descriptors, sum(map(len, descriptors)))
    _fill(index, descriptors)
    (found,) = index.candidates([0], descriptors[:1], 3)

    assert len(found) == 3
    assert [c.votes for c in found] == sorted((c.votes for c in found), reverse=True)


def test_large_indexes_find_copies_too() -> None:
    """With lists instead of comparing all with all."""
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, 60, (200, 128), dtype=np.uint8) for _ in range(110)]
    copy = np.clip(drawn[17].astype(int) + rng.integers(-4, 5, drawn[17].shape), 0, 255)
    index = CandidateIndex(drawn, 22_000)
    _fill(index, [*drawn, copy.astype(np.uint8)])
    best = next(index.candidates([110], [copy.astype(np.uint8)]))[0]

    assert best.number == 17
