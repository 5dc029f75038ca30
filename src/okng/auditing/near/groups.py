"""Groups of linked photos, and a second check of weak links."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from heapq import nsmallest
from typing import NamedTuple

import numpy as np

from okng.dataset.disjoint_sets import DisjointSets

CROWD = 6
"""Photos of a group from which its copies may fill all candidates of each other (10 per photo)."""
_DELEGATES = 3  # photos of a crowd that are compared with other crowds
_WITNESSES = 24  # pairs across a weak link that are compared
_AGREEING = 0.25  # fraction of the witnesses that must agree to confirm a weak link
_CHECKED_LINKS = 200  # weakest links of an implausibly large group that are checked again
_LARGEST_FRACTION, _LARGEST_SMALL = 1 / 3, 30  # of all photos, and photos in a small data set


class Link(NamedTuple):
    """Two linked photos.

    Attributes:
        a: number of the first photo.
        b: number of the second.
        matches: number of agreeing features.
        mirrored: whether b is a mirror image of a.
    """

    a: int
    b: int
    matches: int
    mirrored: bool = False


def largest_plausible(photos: int) -> int:
    """Photos of one part, at most, among so many; larger groups are checked again and reported."""
    return max(_LARGEST_SMALL, int(_LARGEST_FRACTION * photos))


def linked(links: Iterable[Link]) -> DisjointSets[int]:
    """The sets of photos that are connected by links."""
    sets = DisjointSets[int]()
    for link in links:
        sets.merge((link.a, link.b))
    return sets


def members(links: Sequence[Link]) -> list[list[int]]:
    """Groups of two photos or more: numbers in ascending order, groups by their first number."""
    sets = linked(links)
    groups: dict[int, list[int]] = defaultdict(list)
    for number in sorted({number for link in links for number in (link.a, link.b)}):
        groups[sets.find(number)].append(number)
    return list(groups.values())


def delegates(links: Sequence[Link], rng: np.random.Generator) -> list[int]:
    """A few photos of each crowd, drawn at random, in ascending order."""
    crowds = [group for group in members(links) if len(group) >= CROWD]
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
    """Drop weak links that other photos of the two groups do not confirm.

    Every link below `weak` in a group of three or more is removed, and photos of one side are
    compared with photos of the other. If too few pairs agree, it stays removed. In an implausibly
    large group, the weakest links are checked in the same way, whatever their strength.

    Args:
        links: a forest, as photos in the same group are not compared again.
        agree: whether photos show one part, for each of several pairs of numbers.
        count: number of all photos.
        weak: links with fewer agreeing features are checked.
        seed: seeds the draw of the witnesses.
        doubted: links that are checked whatever their strength.

    Returns:
        Links that stay, and links that were dropped.
    """
    rng = np.random.default_rng(seed)
    neighbours: dict[int, set[int]] = defaultdict(set)
    for link in links:
        neighbours[link.a].add(link.b)
        neighbours[link.b].add(link.a)
    dropped = []
    weakest = {link for link in links if link.matches < weak}
    checked = weakest | _of_giants(links, count) | set(doubted)
    # The weakest first, each removed for the comparison and restored if it is confirmed.
    for link in sorted((li for li in links if li in checked), key=lambda li: li.matches):
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
    """The weakest links of implausibly large groups."""
    weakest: set[Link] = set()
    for group in members(links):
        if len(group) > largest_plausible(count):
            inside = set(group)
            own = (link for link in links if link.a in inside)
            weakest.update(nsmallest(_CHECKED_LINKS, own, key=lambda link: link.matches))
    return weakest


def _cut(link: Link, neighbours: dict[int, set[int]]) -> None:
    neighbours[link.a].discard(link.b)
    neighbours[link.b].discard(link.a)


def _reached(start: int, neighbours: dict[int, set[int]]) -> list[int]:
    """Numbers of all photos that are linked with `start`, over any number of links."""
    reached, waiting = {start}, [start]
    while waiting:
        for other in neighbours[waiting.pop()]:
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return sorted(reached)


def _confirmed(
    sides: tuple[list[int], list[int]],
    link: Link,
    agree: Callable[[Sequence[tuple[int, int]]], list[bool]],
    rng: np.random.Generator,
) -> bool:
    possible = len(sides[0]) * len(sides[1])
    # Numbers of pairs, row by row; one more than needed, as the link itself may be drawn.
    drawn = rng.choice(possible, min(possible, _WITNESSES + 1), replace=False)
    pairs = [(sides[0][i // len(sides[1])], sides[1][i % len(sides[1])]) for i in drawn]
    witnesses = [pair for pair in pairs if pair != (link.a, link.b)][:_WITNESSES]
    votes = sum(agree(witnesses))
    return votes >= max(1, _AGREEING * len(witnesses))
