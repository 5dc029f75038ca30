"""okng.auditing.near.groups: groups from links, and the second look at weak ones."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from okng.auditing.near.groups import (
    CROWD,
    Link,
    delegates,
    drop_weak_links,
    largest_plausible,
    members,
)


def chain(numbers: range, matches: int = 90) -> list[Link]:
    """Each linked with the next."""
    return [Link(a, b, matches) for a, b in pairwise(numbers)]


def halves(pairs: Sequence[tuple[int, int]]) -> list[bool]:
    """Photos below 10 show one part, the others another."""
    return [(a < 10) == (b < 10) for a, b in pairs]


def test_members_are_connected_components() -> None:
    """Two or more, in ascending order."""
    assert members([Link(4, 1, 9), Link(1, 6, 9), Link(2, 3, 9)]) == [[1, 4, 6], [2, 3]]
    assert members([]) == []


def test_weak_link_between_parts_is_dropped() -> None:
    """Two parts that hang together by one weak link are two groups again."""
    weak = Link(4, 12, 30)
    links = [*chain(range(10)), weak, *chain(range(10, 20))]
    kept, dropped = drop_weak_links(links, halves, count=200, weak=40)

    assert dropped == [weak]
    assert [len(group) for group in members(kept)] == [10, 10]


def test_weak_link_within_a_part_stays() -> None:
    """Other photos of both sides confirm it."""
    links = [*chain(range(5)), Link(2, 7, 30), *chain(range(5, 10))]

    assert drop_weak_links(links, halves, count=100, weak=40) == (links, [])


def test_doubted_links_are_asked_about() -> None:
    """However strong they are."""
    strong = Link(4, 12, 200)
    links = [*chain(range(10)), strong, *chain(range(10, 20))]

    assert drop_weak_links(links, halves, count=200, weak=40) == (links, [])
    assert drop_weak_links(links, halves, count=200, weak=40, doubted=[strong])[1] == [strong]


def test_crowds_send_delegates() -> None:
    """Three of each, none of smaller groups."""
    links = [*chain(range(CROWD)), *chain(range(10, 10 + CROWD - 1)), *chain(range(20, 40))]
    chosen = delegates(links, np.random.default_rng(0))

    assert chosen == sorted(set(chosen))
    assert [sum(n // 10 in tens for n in chosen) for tens in ({0}, {1}, {2, 3})] == [3, 0, 3]
    assert delegates(links[:2], np.random.default_rng(0)) == []


def test_pairs_have_no_witnesses() -> None:
    """Where a weak link is all there is, nobody else can be asked."""
    links = [Link(9, 10, 30)]

    assert drop_weak_links(links, halves, count=100, weak=40) == (links, [])


def test_strong_links_are_not_asked_about() -> None:
    """They stand by themselves, unless the group is too large to be true."""

    def fail(pairs: Sequence[tuple[int, int]]) -> list[bool]:
        raise AssertionError

    links = chain(range(20))

    assert drop_weak_links(links, fail, count=200, weak=40) == (links, [])


@pytest.mark.parametrize(("bridge", "count"), [(80, 45), (30, 45)])
def test_giants_are_broken_up(bridge: int, count: int) -> None:
    """A group that holds most photos is looked at through its weakest links, strong or not."""
    wrong = Link(9, 10, bridge)
    links = [*chain(range(10)), wrong, *chain(range(10, 40))]
    kept, dropped = drop_weak_links(links, halves, count=count, weak=40)

    assert dropped == [wrong]
    assert sorted(len(group) for group in members(kept)) == [10, 30]


def test_plausible_sizes() -> None:
    """A third of the photos, and no fewer than 30."""
    assert [largest_plausible(n) for n in (10, 90, 3000)] == [30, 30, 1000]
