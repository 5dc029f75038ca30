"""Aligns all photos of one design with one of them, and computes the remainder of each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.auditing.near.compare import Comparison, one_thread
from okng.auditing.near.design.common import CommonDesign
from okng.auditing.near.design.flat import Flat, flattened, frame_shape
from okng.auditing.near.design.variations import without_variations
from okng.auditing.near.geometric_verification import best_alignment
from okng.dataset.parallel import in_order

_ON_DESIGN = 12  # agreeing features from which a photo shows the design
_REFERENCES, _FEWEST_REFERENCES = 16, 5  # photos that explain the others; see decision 0016
_OF_CLASS = 0.25  # fraction of the photos of a class that may be references of one frame, at most
_WELL_KNOWN = 0.75  # fraction of the cells of the frame that a reference must cover
_UNEXPLAINED, _LEAST_UNEXPLAINED = 3.0, 0.3
"""A photo is misaligned if its remainder is more than 3 times the median remainder, and more than
0.3: the remainder of aligned photos is 0.02 to 0.2."""
_IDENTITY = np.array([[1.0, 0, 0], [0, 1.0, 0]])
Matrix = npt.NDArray[np.float64]


class Frame(NamedTuple):
    """Remainders of photos in the frame of one of them.

    Attributes:
        numbers: int64 (M,), ascending: photos that show the design, without the references.
        vectors: float16 (M, D), see `Remainder`.
    """

    numbers: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float16]


class Layer:
    """Aligns photos with one of them.

    Args:
        middle: number of the photo that defines the frame.
        compare: access to the photos.
    """

    def __init__(self, middle: int, compare: Comparison) -> None:
        self.middle, self._compare = middle, compare
        self._shape = frame_shape(compare.grey(middle))

    def matrices(self, numbers: Sequence[int]) -> dict[int, Matrix]:
        """The affine maps (2, 3) of the photos that can be aligned with the middle one."""
        if min(self._shape) == 0:
            return {}
        with one_thread():
            return {n: m for n, m in in_order(self._matrix, numbers) if m is not None}

    def frame(
        self, matrices: Mapping[int, Matrix], references: Sequence[int]
    ) -> tuple[Frame, list[int]] | None:
        """Remove the common design from photos.

        Args:
            matrices: affine maps of all photos that show the design.
            references: candidates for the photos that explain the others, in order of preference.

        Returns:
            The frame and the references that were used; None if there are too few.
        """
        chosen, photos = self._well_known(matrices, references)
        if len(chosen) < _FEWEST_REFERENCES:
            return None
        design = CommonDesign(photos)
        others = [number for number in sorted(matrices) if number not in set(chosen)]

        def left(number: int) -> tuple[npt.NDArray[np.float16], float]:
            remainder = design.left_of(self._flat(number, matrices[number]))
            return remainder.vector.astype(np.float16), remainder.share

        with one_thread():
            remainders = [remainder for _, remainder in in_order(left, others)]
        return _frame(others, remainders), chosen

    def _well_known(
        self, matrices: Mapping[int, Matrix], references: Sequence[int]
    ) -> tuple[list[int], list[Flat]]:
        """The first references that cover most of the frame, and their pixels."""
        own = self._flat(self.middle, _IDENTITY).cells.sum()
        chosen, photos = [], []
        for number in references:
            photo = self._flat(number, matrices[number])
            if photo.cells.sum() >= _WELL_KNOWN * own:
                chosen.append(number)
                photos.append(photo)
            if len(chosen) == wanted(len(matrices)):
                break
        return chosen, photos

    def _matrix(self, number: int) -> Matrix | None:
        if number == self.middle:
            return _IDENTITY
        alignment = best_alignment(self._compare.view(self.middle), self._compare.view(number))
        return (
            alignment.matrix if alignment is not None and alignment.matches >= _ON_DESIGN else None
        )

    def _flat(self, number: int, matrix: Matrix) -> Flat:
        return flattened(self._compare.grey(number), matrix, self._shape)


def wanted(photos: int) -> int:
    """Number of references in a frame of so many photos: three frames need as many each."""
    return min(_REFERENCES, photos // 3)


def in_turns(
    numbers: Sequence[int], labels: Sequence[str], rng: np.random.Generator
) -> Iterator[int]:
    """Photos in random order, one of each class in turn, and at most a quarter of a class.

    A feature of a whole class, such as a misprint, must not be taken for a feature of one part.
    """
    classes: dict[str, list[int]] = defaultdict(list)
    for number in rng.permutation(np.asarray(numbers, dtype=np.int64)).tolist():
        classes[labels[number]].append(number)
    waiting = [iter(c[: max(1, int(_OF_CLASS * len(c)))]) for c in classes.values()]
    while waiting:
        drawn = [(queue, next(queue, None)) for queue in waiting]
        yield from (number for _, number in drawn if number is not None)
        waiting = [queue for queue, number in drawn if number is not None]


def _frame(numbers: list[int], remainders: list[tuple[npt.NDArray[np.float16], float]]) -> Frame:
    """All photos except those of which the design explains much less than of the others."""
    shares = np.array([share for _, share in remainders])
    middle = float(np.median(shares)) if len(shares) else 0.0
    limit = max(_LEAST_UNEXPLAINED, _UNEXPLAINED * middle)
    right = [place for place, share in enumerate(shares) if share <= limit]
    vectors = [remainders[place][0] for place in right]
    return Frame(
        np.array([numbers[place] for place in right], dtype=np.int64),
        without_variations(np.stack(vectors)) if vectors else np.zeros((0, 0), np.float16),
    )
