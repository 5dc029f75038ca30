"""Linked photos -> groups, and a second look at the links that carry little."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from heapq import nsmallest
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from okng.auditing.near.sizes import largest_plausible

CROWD = 6
"""Photos of one part from which on they may hide what else is like them."""
_DELEGATES = 3
_WITNESSES = 24
_AGREEING = 0.25  # share of the witnesses that must agree
_LOOKED_AT = 200  # links of an implausibly large group


class Link(NamedTuple):
    """Two photos, by number, how many of their features agree, and whether they are mirrored."""

    a: int
    b: int
    matches: int
    mirrored: bool = False


class Joined:
    """Which photos are in one group so far (union-find)."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def top(self, number: int) -> int:
        """The photo that stands for a group."""
        while (parent := self._parents[number]) != number:
            self._parents[number] = number = self._parents[parent]
        return number

    def join(self, a: int, b: int) -> None:
        """Make one group of two."""
        self._parents[self.top(b)] = self.top(a)


def members(count: int, links: Iterable[Link]) -> list[list[int]]:
    """Groups of two photos or more, each in ascending order."""
    pairs = np.array([(link.a, link.b) for link in links], dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    names = connected_components(graph, directed=False)[1]
    found: dict[int, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        found[int(name)].append(number)
    return [group for group in found.values() if len(group) > 1]


def delegates(count: int, links: Iterable[Link], rng: np.random.Generator) -> list[int]:
    """A few photos of each group that is a crowd, drawn at random, in ascending order."""
    crowds = [group for group in members(count, links) if len(group) >= CROWD]
    drawn = [rng.choice(group, _DELEGATES, replace=False).tolist() for group in crowds]
    return sorted(number for numbers in drawn for number in numbers)


def drop_weak_links(
    links: Sequence[Link],
    agree: Callable[[Sequence[tuple[int, int]]], list[bool]],
    *,
    count: int,
    weak: int,
    seed: int = 0,
    doubted: Collection[Link] = (),
) -> tuple[list[Link], list[Link]]:
    """Break up what only hangs together by a weak link that nobody confirms.

    Every link below `weak` that joins a group of three or more is taken out, and photos of the one
    side are compared with photos of the other. Where too few agree, it stays out. In a group that
    is implausibly large, its weakest links are looked at like this, whatever their strength.

    Args:
        links: a forest, as pairs already in one group are not compared again.
        agree: whether photos show one part, for each of several pairs of numbers.
        count: number of all photos.
        weak: links with fewer agreeing features are looked at.
        seed: draws the witnesses.
        doubted: links that are looked at whatever their strength.

    Returns:
        Links that stay, links that were dropped.
    """
    rng = np.random.default_rng(seed)
    neighbours: dict[int, set[int]] = defaultdict(set)
    for link in links:
        neighbours[link.a].add(link.b)
        neighbours[link.b].add(link.a)
    dropped = []
    weakest = {link for link in links if link.matches < weak}
    looked_at = weakest | _of_giants(links, count) | set(doubted)
    for link in sorted((li for li in links if li in looked_at), key=lambda li: li.matches):
        _cut(link, neighbours)
        sides = _reached(link.a, neighbours), _reached(link.b, neighbours)
        if max(map(len, sides)) > 1 and not _confirmed(sides, link, agree, rng):
            dropped.append(link)
        else:
            neighbours[link.a].add(link.b)
            neighbours[link.b].add(link.a)
    lost = set(dropped)
    return [link for link in links if link not in lost], dropped


def _of_giants(links: Sequence[Link], count: int) -> set[Link]:
    """The weakest links of groups that are implausibly large."""
    found: set[Link] = set()
    for group in members(count, links):
        if len(group) > largest_plausible(count):
            inside = set(group)
            own = (link for link in links if link.a in inside)
            found.update(nsmallest(_LOOKED_AT, own, key=lambda link: link.matches))
    return found


def _cut(link: Link, neighbours: dict[int, set[int]]) -> None:
    neighbours[link.a].discard(link.b)
    neighbours[link.b].discard(link.a)


def _reached(start: int, neighbours: dict[int, set[int]]) -> list[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for other in neighbours[waiting.pop()]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return sorted(seen)


def _confirmed(
    sides: tuple[list[int], list[int]],
    link: Link,
    agree: Callable[[Sequence[tuple[int, int]]], list[bool]],
    rng: np.random.Generator,
) -> bool:
    possible = len(sides[0]) * len(sides[1])
    drawn = rng.choice(possible, min(possible, _WITNESSES + 1), replace=False)
    pairs = [(sides[0][i // len(sides[1])], sides[1][i % len(sides[1])]) for i in drawn]
    witnesses = [pair for pair in pairs if pair != (link.a, link.b)][:_WITNESSES]
    votes = sum(agree(witnesses))
    return votes >= max(1, _AGREEING * len(witnesses))
