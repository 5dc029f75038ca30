"""Which photos show one part, by what is left of them when their common design is taken away."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.auditing.near.compare import Comparison, one_thread
from okng.auditing.near.design.frames import Frame, Layer, in_turns
from okng.auditing.near.features import Floats

_FRAMES = 3  # of each design
_DESIGNS = 4  # that are looked for, at most
_TRIED, _TRIED_ON = 8, 16  # photos that may give a frame, and photos that are laid into each
_FEWEST = 20  # photos of a design
_ROWS, _COLUMNS = 256, 4096
Pairs = npt.NDArray[np.int64]


class Nearest(NamedTuple):
    """What is most like a photo.

    Attributes:
        numbers: int64 (K,), of other photos, the likest first.
        agreement: float32 (K,), correlation of what is left of both, in [-1, 1].
    """

    numbers: npt.NDArray[np.int64]
    agreement: Floats


class Remainders:
    """What is left of photos, in several frames.

    Args:
        frames: of one design or more.
        count: number of all photos.

    Attributes:
        photos: how many photos lie in a frame at least.
    """

    def __init__(self, frames: Sequence[Frame], count: int) -> None:
        self._frames, self._count = frames, count
        self._places = [_places(frame, count) for frame in frames]
        self.photos = int((np.stack(self._places) >= 0).any(axis=0).sum()) if frames else 0

    def nearest(self, numbers: Sequence[int], most: int) -> list[Nearest]:
        """The likest photos of each of some photos; fewer where nothing is known of others."""
        found = []
        for begin in range(0, len(numbers), _ROWS):
            rows = np.asarray(numbers[begin : begin + _ROWS], dtype=np.int64)
            agreement = self._agreement(rows)
            agreement[np.arange(len(rows)), rows] = -1
            likest = np.argsort(-agreement, axis=1, kind="stable")[:, :most]
            for row, columns in zip(agreement, likest, strict=True):
                known = columns[row[columns] > 0]
                found.append(Nearest(known, row[known]))
        return found

    def agreement(self, a: int, b: int) -> float:
        """Correlation of what is left of two photos; -1 where it is not known."""
        found = sorted(
            float(frame.vectors[places[a]].astype(np.float32) @ frame.vectors[places[b]])
            for frame, places in zip(self._frames, self._places, strict=True)
            if min(places[a], places[b]) >= 0
        )
        return found[max(0, len(found) - 2)] if found else -1.0

    def _agreement(self, rows: npt.NDArray[np.int64]) -> Floats:
        """Of some photos with all: float32 (R, N); -1 where it is not known.

        The second highest of all frames: what is a part's own is there in every frame, what one
        frame does not explain is not; and one frame may have a copy among its references.
        """
        best = np.full((len(rows), self._count), -1, np.float32)
        second = best.copy()
        for frame, places in zip(self._frames, self._places, strict=True):
            inside = np.flatnonzero(places[rows] >= 0)
            asked = frame.vectors[places[rows[inside]]].astype(np.float32)
            for begin in range(0, len(frame.numbers), _COLUMNS):
                columns = frame.numbers[begin : begin + _COLUMNS]
                other = frame.vectors[begin : begin + _COLUMNS].astype(np.float32)
                cell, found = np.ix_(inside, columns), asked @ other.T
                second[cell] = np.maximum(second[cell], np.minimum(best[cell], found))
                best[cell] = np.maximum(best[cell], found)
        return np.where(second > -1, second, best)


def build_remainders(
    labels: Sequence[str], compare: Comparison, rng: np.random.Generator
) -> Remainders:
    """Find the designs of photos, and take each away from the photos that bear it.

    Args:
        labels: classes of all photos.
        compare: knows the photos.
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
    """Frames whose photos bear the commonest design of some photos, and all that lie in them."""
    frames, taken, on_design = [], set[int](), set[int]()
    for middle in _middles(numbers, compare, rng):
        layer = Layer(middle, compare)
        matrices = layer.matrices(numbers)
        free = [number for number in matrices if number not in taken]
        found = layer.frame(matrices, list(in_turns(free, labels, rng)))
        if found is not None:
            frames.append(found[0])
            taken.update(found[1])
            on_design.update(matrices)
    return frames, on_design


def _middles(numbers: list[int], compare: Comparison, rng: np.random.Generator) -> list[int]:
    """The photos of some drawn ones over which most others lie, with most agreeing features."""
    drawn = rng.permutation(numbers).tolist()
    tried, on = drawn[:_TRIED], drawn[-_TRIED_ON:]

    def matches(a: int) -> float:
        found = [compare.best(a, b) for b in on if b != a]
        return float(np.median([0 if f is None else f.matches for f in found] or [0]))

    with one_thread():
        order = {number: matches(number) for number in tried}
    return sorted(tried, key=lambda number: -order[number])[:_FRAMES]


def _places(frame: Frame, count: int) -> npt.NDArray[np.int64]:
    """Row of each photo in the frame, -1 where it is not in it."""
    places = np.full(count, -1, np.int64)
    places[frame.numbers] = np.arange(len(frame.numbers))
    return places
