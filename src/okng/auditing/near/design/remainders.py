"""Correlation of photos after their common design is removed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.auditing.near.compare import Comparison, one_thread
from okng.auditing.near.design.frames import Frame, Layer, in_turns
from okng.auditing.near.features import Floats

_FRAMES = 3  # per design; a remainder must agree in two of them
_DESIGNS = 4  # designs that are searched for, at most
_TRIED, _TRIED_ON = 8, 16  # photos tried as frames, and photos aligned with each
_FEWEST = 20  # photos of a design, at least
_ROWS, _COLUMNS = 256, 4096  # block of the correlation matrix: 4 MB
Pairs = npt.NDArray[np.int64]


class Nearest(NamedTuple):
    """The photos with the highest correlation to a photo.

    Attributes:
        numbers: int64 (K,), other photos, the highest correlation first.
        agreement: float32 (K,), correlation of the remainders, in [-1, 1].
    """

    numbers: npt.NDArray[np.int64]
    agreement: Floats


class Remainders:
    """Remainders of photos, in several frames.

    Args:
        frames: frames of one design or more.
        count: number of all photos.

    Attributes:
        photos: number of photos that are in at least one frame.
    """

    def __init__(self, frames: Sequence[Frame], count: int) -> None:
        self._frames, self._count = frames, count
        self._places = [_places(frame, count) for frame in frames]
        self.photos = int((np.stack(self._places) >= 0).any(axis=0).sum()) if frames else 0

    def nearest(self, numbers: Sequence[int], most: int) -> list[Nearest]:
        """The nearest photos of each of some photos, at most `most`; only positive correlations."""
        rows_nearest = []
        for begin in range(0, len(numbers), _ROWS):
            rows = np.asarray(numbers[begin : begin + _ROWS], dtype=np.int64)
            agreement = self._agreement(rows)
            agreement[np.arange(len(rows)), rows] = -1
            likest = np.argsort(-agreement, axis=1, kind="stable")[:, :most]
            for row, columns in zip(agreement, likest, strict=True):
                known = columns[row[columns] > 0]
                rows_nearest.append(Nearest(known, row[known]))
        return rows_nearest

    def agreement(self, a: int, b: int) -> float:
        """Correlation of the remainders of two photos; -1 if they are in no common frame."""
        # The second highest of the frames, as in `_agreement`.
        correlations = sorted(
            float(frame.vectors[places[a]].astype(np.float32) @ frame.vectors[places[b]])
            for frame, places in zip(self._frames, self._places, strict=True)
            if min(places[a], places[b]) >= 0
        )
        return correlations[max(0, len(correlations) - 2)] if correlations else -1.0

    def _agreement(self, rows: npt.NDArray[np.int64]) -> Floats:
        """Correlation of some photos with all, float32 (R, N); -1 if in no common frame.

        The second highest over all frames: a feature of the part is in every frame, while design
        that one frame leaves over is in this frame only. The lowest would not do, as one frame may
        have a copy of the part among its references.
        """
        best = np.full((len(rows), self._count), -1, np.float32)
        second = best.copy()
        for frame, places in zip(self._frames, self._places, strict=True):
            inside = np.flatnonzero(places[rows] >= 0)
            vectors = frame.vectors[places[rows[inside]]].astype(np.float32)
            for begin in range(0, len(frame.numbers), _COLUMNS):
                columns = frame.numbers[begin : begin + _COLUMNS]
                other = frame.vectors[begin : begin + _COLUMNS].astype(np.float32)
                cell, correlations = np.ix_(inside, columns), vectors @ other.T
                second[cell] = np.maximum(second[cell], np.minimum(best[cell], correlations))
                best[cell] = np.maximum(best[cell], correlations)
        return np.where(second > -1, second, best)


def build_remainders(
    labels: Sequence[str], compare: Comparison, rng: np.random.Generator
) -> Remainders:
    """Find the designs of photos, and remove each from the photos that show it.

    Args:
        labels: classes of all photos.
        compare: access to the photos.
        rng: draws frames and references.
    """
    frames: list[Frame] = []
    left = np.arange(len(labels))
    for _ in range(_DESIGNS):
        if len(left) < _FEWEST:
            break
        added, on_design = _of_one_design(left.tolist(), labels, compare, rng)
        frames += added
        if len(on_design) < _FEWEST:
            break
        left = np.setdiff1d(left, list(on_design))
    return Remainders(frames, len(labels))


def _of_one_design(
    numbers: list[int], labels: Sequence[str], compare: Comparison, rng: np.random.Generator
) -> tuple[list[Frame], set[int]]:
    """Frames of the most common design of some photos, and the photos that show it."""
    frames, taken, on_design = [], set[int](), set[int]()
    for middle in _middles(numbers, compare, rng):
        layer = Layer(middle, compare)
        matrices = layer.matrices(numbers)
        free = [number for number in matrices if number not in taken]
        result = layer.frame(matrices, list(in_turns(free, labels, rng)))
        if result is not None:
            frames.append(result[0])
            taken.update(result[1])
            on_design.update(matrices)
    return frames, on_design


def _middles(numbers: list[int], compare: Comparison, rng: np.random.Generator) -> list[int]:
    """Of some drawn photos those with the most agreeing features to other photos."""
    drawn = rng.permutation(numbers).tolist()
    tried, on = drawn[:_TRIED], drawn[-_TRIED_ON:]

    def matches(a: int) -> float:
        alignments = [compare.best(a, b) for b in on if b != a]
        return float(np.median([0 if f is None else f.matches for f in alignments] or [0]))

    with one_thread():
        order = {number: matches(number) for number in tried}
    return sorted(tried, key=lambda number: -order[number])[:_FRAMES]


def _places(frame: Frame, count: int) -> npt.NDArray[np.int64]:
    """Row of each photo in the frame, -1 where it is not in it."""
    places = np.full(count, -1, np.int64)
    places[frame.numbers] = np.arange(len(frame.numbers))
    return places
