"""Vectors by number, and which of them are nearest: the index of the search.

It is one of faiss (Douze et al., 2024): vectors of one byte a component in lists by nearness, a few
of which are looked through for each question.
"""

from collections.abc import Callable, Iterable
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from okng.auditing.near.features import Floats

_VECTORS_PER_LIST = 256
_MOST_LISTS = 16384
_FEWEST_VECTORS = 20_000  # below, every vector is compared with every other
_SAMPLE_PER_LIST = 40
_PROBES = 4
_FLAT_LISTS = 4096  # above, the lists themselves are found by a graph
Integers = npt.NDArray[np.int64]


class VectorIndex:
    """An index whose time per question hardly grows with the number of vectors.

    Args:
        sample: float32 (M, D), vectors drawn at random, which decide the lists.
        expected: number of vectors that will be added.
        seed: decides the lists, together with the sample.
    """

    def __init__(self, sample: Floats, expected: int, seed: int) -> None:
        self._index: Any = _empty(sample.shape[1], expected, len(sample), seed)
        if not self._index.is_trained:
            self._index.train(sample)

    def fill(self, batches: Callable[[], Iterable[Floats]], done: Callable[[], None]) -> None:
        """Add all vectors, in the order of their numbers.

        Where there are lists, the vectors are gone through twice: each list then gets the room that
        it needs. One that grows by itself doubles its room each time, and leaves much of it empty.

        Args:
            batches: begins anew whenever it is called: vectors float32 (B, D).
            done: called once for each batch.
        """
        if isinstance(self._index, faiss.IndexIVF):
            places = self._places(batches(), done)
            self._make_room(places)
            self._add_to_lists(batches(), places)
            return
        for vectors in batches():
            self._index.add(vectors)
            done()

    def nearest(self, vectors: Floats, count: int) -> tuple[Floats, Integers]:
        """Squared distances and numbers (N, count) of the nearest; number -1 for none."""
        found: tuple[Floats, Integers] = self._index.search(vectors, count)
        return found

    def reset(self) -> None:
        """Forget all vectors, and free their memory."""
        self._index.reset()

    def _places(
        self, batches: Iterable[Floats], done: Callable[[], None]
    ) -> npt.NDArray[np.uint16]:
        """The list of each vector: (N,), two bytes each as there may be ten million."""
        found = [np.zeros(0, np.uint16)]
        for vectors in batches:
            found.append(self._index.quantizer.assign(vectors, 1)[:, 0].astype(np.uint16))
            done()
        return np.concatenate(found)

    def _make_room(self, places: npt.NDArray[np.uint16]) -> None:
        lists = faiss.downcast_InvertedLists(self._index.invlists)
        for number, count in enumerate(np.bincount(places, minlength=self._index.nlist)):
            lists.resize(number, int(count))
            lists.resize(number, 0)  # which keeps the room

    def _add_to_lists(self, batches: Iterable[Floats], places: npt.NDArray[np.uint16]) -> None:
        """Add vectors whose lists are known already, so that they are not looked for twice."""
        begin = 0
        for vectors in batches:
            lists = places[begin : begin + len(vectors)].astype(np.int64)
            self._index.add_core(len(vectors), faiss.swig_ptr(vectors), None, faiss.swig_ptr(lists))
            begin += len(vectors)


def _empty(dimensions: int, expected: int, sample: int, seed: int) -> faiss.Index:
    if min(expected, sample) < _FEWEST_VECTORS:
        return faiss.IndexFlatL2(dimensions)
    lists = min(_MOST_LISTS, 2 ** int(np.log2(expected / _VECTORS_PER_LIST)))
    graph = lists > _FLAT_LISTS
    coarse = faiss.IndexHNSWFlat(dimensions, 32) if graph else faiss.IndexFlatL2(dimensions)
    index = faiss.IndexIVFScalarQuantizer(coarse, dimensions, lists, faiss.ScalarQuantizer.QT_8bit)
    index.nprobe = _PROBES
    index.cp.niter, index.cp.seed = 8, seed + 1
    index.cp.max_points_per_centroid = _SAMPLE_PER_LIST
    index.cp.min_points_per_centroid = 1
    return index


def sample_size(expected: int) -> int:
    """Vectors that decide the form of an index for `expected` vectors."""
    lists = min(_MOST_LISTS, max(1, expected // _VECTORS_PER_LIST))
    return max(50_000, lists * _SAMPLE_PER_LIST)
