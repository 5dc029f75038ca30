"""okng.auditing.checks.leaks: each leaking photo stands beside its best witness."""

from collections.abc import Callable

from okng.auditing.checks.leaks import Leaks
from okng.auditing.evidence import Evidence, NearResult
from okng.auditing.findings import Finding, Pair, Severity
from okng.dataset import Photo

Make = Callable[..., Evidence]


def check(evidence: Evidence) -> list[Finding]:
    """The findings of the check."""
    return list(Leaks().run(evidence).findings)


def test_best_witness_is_shown(make: Make, clean: list[Photo]) -> None:
    """An equal photo first, then a linked one, then any of the part."""
    part = [Photo(f"ok/train{n}", "ok", f"t{n}", "part:a", "train") for n in range(3)]
    tested = [
        Photo("ok/equal", "ok", "t1", "part:a", "test"),
        Photo("ok/linked", "ok", "x", "part:a", "test"),
        Photo("ok/far", "ok", "y", "part:a", "test"),
    ]
    links = [
        Pair(a="ok/train0", b="ok/train1", score=0.9),
        Pair(a="ok/train1", b="ok/train2", score=0.8),
        Pair(a="ok/linked", b="ok/train2", score=0.5),
        Pair(a="ok/far", b="ok/linked", score=0.4),
    ]
    near = NearResult(pairs=links, groups=[], threshold=20, false_match_rate=None, reason="",
                      checked=0, dropped=[])  # fmt: skip

    assert Leaks().run(make([*clean, *part, *tested], near=near)).rows == [
        Pair(a="ok/equal", b="ok/train1", score=1.0),
        Pair(a="ok/linked", b="ok/train2", score=0.5),
        Pair(a="ok/far", b="ok/train0", score=0.4),
    ]


def test_said_in_words(make: Make, clean: list[Photo]) -> None:
    """How many photos of which split."""
    part = [Photo(f"ok/{s}", "ok", s, "part 1", s) for s in ("train", "val", "test")]
    (found,) = check(make([*clean, *part]))

    assert found.severity is Severity.SERIOUS
    assert "1 of 31 photos of the test split and 1 of 31 photos of the val split" in found.what
