"""okng.auditing.near.faiss_index: the nearest are found, and memory is not wasted."""

import faiss
import numpy as np
import numpy.typing as npt
import pytest

from okng.auditing.near.faiss_index import VectorIndex, sample_size

RNG = np.random.default_rng(0)


def _filled(count: int) -> tuple[VectorIndex, npt.NDArray[np.float32], list[int]]:
    vectors = RNG.standard_normal((count, 16), dtype=np.float32)
    index, advanced = VectorIndex(vectors, count, 0), list[int]()
    index.fill(lambda: np.array_split(vectors, 7), lambda: advanced.append(1))
    return index, vectors, advanced


def test_few_vectors_are_all_compared() -> None:
    """Each is nearest to itself."""
    index, vectors, advanced = _filled(500)
    distances, numbers = index.nearest(vectors, 3)

    assert numbers[:, 0].tolist() == list(range(500))
    assert distances[:, 0].max() < 1e-3
    assert sum(advanced) == 7


def test_many_vectors_keep_their_numbers() -> None:
    """In lists, over several batches."""
    index, vectors, advanced = _filled(21_000)
    _, numbers = index.nearest(vectors[::100], 1)

    assert (numbers[:, 0] == np.arange(21_000)[::100]).mean() > 0.99
    assert sum(advanced) == 7


def test_no_list_moves_while_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has the room it needs before the first vector comes."""
    make_room, before = VectorIndex._make_room, list[int]()

    def watched(index: VectorIndex, places: npt.NDArray[np.uint16]) -> None:
        make_room(index, places)
        before.extend(_where(index))

    monkeypatch.setattr(VectorIndex, "_make_room", watched)
    index, *_ = _filled(21_000)

    assert len(before) > 10
    assert _where(index) == before


def _where(index: VectorIndex) -> list[int]:
    """The address of each list."""
    lists = faiss.downcast_InvertedLists(index._index.invlists)
    return [int(lists.get_codes(number)) for number in range(lists.nlist)]


def test_forgotten_vectors_are_found_no_more() -> None:
    """After `reset`."""
    index, vectors, _ = _filled(500)
    index.reset()

    assert (index.nearest(vectors[:2], 1)[1] == -1).all()


def test_sample_grows_with_the_index_up_to_a_bound() -> None:
    """So that 100,000 photos do not have to fit into memory at once."""
    assert sample_size(1000) == 50_000
    assert sample_size(15_000_000) == sample_size(10**9) <= 700_000
