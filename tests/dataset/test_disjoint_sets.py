"""okng.dataset.disjoint_sets: connected nodes, and their representative."""

import numpy as np
from scipy.cluster.hierarchy import DisjointSet

from okng.dataset.disjoint_sets import DisjointSets


def test_same_sets_as_scipy() -> None:
    """Over random links, two nodes are in one set exactly where scipy puts them in one."""
    rng = np.random.default_rng(0)
    own, reference = DisjointSets[int](), DisjointSet(range(60))
    for a, b in rng.integers(60, size=(45, 2)).tolist():
        own.merge((a, b))
        reference.merge(a, b)

    pairs = [(a, b) for a in range(60) for b in range(a)]
    assert [own.find(a) == own.find(b) for a, b in pairs] == [
        reference.connected(a, b) for a, b in pairs
    ]
    assert 2 < reference.n_subsets < 60


def test_the_smallest_node_represents_its_set() -> None:
    """Whatever the order of the links, the smallest node is the representative."""
    sets = DisjointSets[tuple[int, str]]()
    sets.merge([(1, "b"), (1, "a")])
    sets.merge([(1, "c"), (0, "z"), (1, "b")])

    assert sets.find((1, "a")) == sets.find((1, "c")) == (0, "z")
    assert sets.find((1, "d")) == (1, "d")
