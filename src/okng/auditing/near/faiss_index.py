"""The index of vectors: finds the nearest of millions of vectors.

An inverted-file index of faiss (Douze et al., 2024): vectors of one byte per component, in lists
by nearest centroid; a query searches a few lists.
"""

from collections.abc import Callable, Iterable
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from okng.auditing.near.features import Floats

_VECTORS_PER_LIST = 256  # a query then compares about _PROBES * 256 vectors
_MOST_LISTS = 16384  # limits the time to train the centroids
_FEWEST_VECTORS = 20_000  # below this number, every vector is compared with every other
_SAMPLE_PER_LIST = 40  # vectors to train each centroid; faiss recommends 39 or more
_PROBES = 4  # lists that a query searches
_FLAT_LISTS = 4096  # above this number, centroids are searched with a graph (HNSW)
Integers = npt.NDArray[np.int64]


class VectorIndex:
    """An index whose time per query hardly grows with the number of vectors.

    Args:
        sample: float32 (M, D), vectors drawn at random, which determine the centroids.
        expected: number of vectors that will be added.
        seed: seeds the training of the centroids.
    """

    def __init__(self, sample: Floats, expected: int, seed: int) -> None:
        self._index: Any = _empty(sample.shape[1], expected, len(sample), seed)
        if not self._index.is_trained:
            self._index.train(sample)

    def fill(self, batches: Callable[[], Iterable[Floats]], done: Callable[[], None]) -> None:
        """Add all vectors, in the order of their numbers.

        An index with lists reads the vectors twice: the first pass determines the size of each
        list, so that its memory is allocated once. A growing list doubles its memory each time and
        leaves much of it unused.

        Args:
            batches: returns a new iterator over vectors float32 (B, D) at each call.
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
        """The nearest vectors.

        Args:
            vectors: float32 (N, D).
            count: number of neighbours.

        Returns:
            Squared distances, float32 (N, count), and numbers, int64 (N, count); -1 for none.
        """
        result: tuple[Floats, Integers] = self._index.search(vectors, count)
        return result

    def reset(self) -> None:
        """Remove all vectors and free their memory."""
        self._index.reset()

    def _places(
        self, batches: Iterable[Floats], done: Callable[[], None]
    ) -> npt.NDArray[np.uint16]:
        """The list of each vector, uint16 (N,): there may be ten million vectors."""
        lists = [np.zeros(0, np.uint16)]
        for vectors in batches:
            lists.append(self._index.quantizer.assign(vectors, 1)[:, 0].astype(np.uint16))
            done()
        return np.concatenate(lists)

    def _make_room(self, places: npt.NDArray[np.uint16]) -> None:
        lists = faiss.downcast_InvertedLists(self._index.invlists)
        for number, count in enumerate(np.bincount(places, minlength=self._index.nlist)):
            lists.resize(number, int(count))
            lists.resize(number, 0)  # keeps the allocated memory

    def _add_to_lists(self, batches: Iterable[Floats], places: npt.NDArray[np.uint16]) -> None:
        """Add vectors to the lists from the first pass, without a second search for centroids."""
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
    """Number of sample vectors to train an index for `expected` vectors."""
    lists = min(_MOST_LISTS, max(1, expected // _VECTORS_PER_LIST))
    return max(50_000, lists * _SAMPLE_PER_LIST)
