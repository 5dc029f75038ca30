"""okng.auditing.checks.near_duplicates: the number of parts, and what is implausible."""

from collections.abc import Callable
from itertools import pairwise

from okng.auditing.checks.near_duplicates import NearDuplicates
from okng.auditing.evidence import Evidence, NearResult
from okng.auditing.findings import Finding, Pair
from okng.dataset import Photo

Make = Callable[..., Evidence]


def check(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(NearDuplicates().run(evidence).findings)


def found(groups: list[list[str]], dropped: tuple[Pair, ...] = ()) -> NearResult:
    """Groups, each a chain of links."""
    links = [
        Pair(a=a, b=b, score=round(0.3 + 0.001 * n, 3))
        for group in groups
        for n, (a, b) in enumerate(pairwise(group))
    ]
    return NearResult(pairs=links, groups=groups, threshold=20, false_match_rate=0.0, reason="",
                      checked=0, dropped=list(dropped))  # fmt: skip


def grouped(clean: list[Photo], size: int) -> list[Photo]:
    """Photos, the first of which show one part."""
    return [
        Photo(p.path, p.label, p.sha256, "part:x" if n < size else "", p.split)
        for n, p in enumerate(clean)
    ]


def test_parts_are_counted(make: Make, clean: list[Photo]) -> None:
    """In a sentence that an engineer understands."""
    photos = grouped(clean, 5)
    (told,) = check(make(photos, near=found([[p.path for p in photos[:5]]])))

    assert told.what == "These 140 photos show about 136 parts; one part is on 5 of them."


def test_giant_groups_are_reported(make: Make, clean: list[Photo]) -> None:
    """The weakest links first."""
    photos = grouped(clean, 60)
    told = check(make(photos, near=found([[p.path for p in photos[:60]]])))

    assert "One group has 60 of 140 photos" in told[1].what
    assert told[1].pairs[0].score == min(p.score for p in told[1].pairs)


def test_links_that_were_dropped_are_shown(make: Make, clean: list[Photo]) -> None:
    """Nothing is swallowed."""
    pair = Pair(a="ok/001.jpg", b="ok/002.jpg", score=0.2)
    (told,) = check(make(clean, near=found([], (pair,))))

    assert told.pairs == [pair]
    assert "suspected duplicate was rejected" in told.what


def test_not_looked_for_is_not_none_found(make: Make, clean: list[Photo]) -> None:
    """None, and an empty list."""
    assert NearDuplicates().run(make(clean)).rows is None
    assert NearDuplicates().run(make(clean, near=found([]))).rows == []
