"""okng.auditing.checks.label_conflicts: one part with two labels, and whom to believe."""

from collections.abc import Callable

from okng.auditing.checks.label_conflicts import LabelConflicts, doubtful
from okng.auditing.evidence import Evidence, NearResult
from okng.auditing.findings import Finding, Pair, Severity
from okng.dataset import Photo

Make = Callable[..., Evidence]


def check(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(LabelConflicts().run(evidence).findings)


COPIES = [Photo(f"ok/{n}", "ok", f"c{n}", "part:a") for n in range(4)]
WRONG = Photo("ng/wrong", "ng", "w", "part:a")


def near(*pairs: tuple[str, str, float]) -> NearResult:
    """Links that were found."""
    links = [Pair(a=a, b=b, score=s) for a, b, s in pairs]
    return NearResult(pairs=links, groups=[], threshold=20, false_match_rate=None, reason="",
                      checked=0, dropped=[])  # fmt: skip


def test_minority_is_in_doubt(make: Make, clean: list[Photo]) -> None:
    """Beside the photo that shows best that it is the same part."""
    links = near(("ok/0", "ok/1", 0.9), ("ok/2", "ng/wrong", 0.6), ("ok/3", "ok/0", 0.8))
    evidence = make([*clean, *COPIES, WRONG], near=links)
    (found,) = check(evidence)

    assert found.severity is Severity.SERIOUS
    assert found.pairs == [Pair(a="ng/wrong", b="ok/2", score=0.6)]
    assert doubtful(evidence) == {"ng/wrong"}


def test_where_it_stands_even_both_are_in_doubt(make: Make, clean: list[Photo]) -> None:
    """Nobody knows which of two labels is right."""
    evidence = make([*clean, COPIES[0], WRONG])

    assert len(LabelConflicts().run(evidence).rows or []) == 1
    assert doubtful(evidence) == {"ok/0", "ng/wrong"}


def test_given_groups_may_hold_both_labels(make: Make, clean: list[Photo]) -> None:
    """Unless the photos are equal, pixel by pixel."""
    photos = [Photo("ok/a", "ok", "1", "part 7"), Photo("ng/b", "ng", "2", "part 7")]
    given = {"ok/a": "part 7", "ng/b": "part 7", "ng/c": "part 7"}
    equal = Photo("ng/c", "ng", "1", "part 7")

    assert LabelConflicts().run(make([*clean, *photos], given=given)).rows == []
    (found,) = LabelConflicts().run(make([*clean, *photos, equal], given=given)).rows or []
    assert {found.a, found.b} == {"ok/a", "ng/c"}
