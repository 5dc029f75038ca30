"""How much faster one of two computations is, by the shortest of a few runs."""

import pytest

from okng.quantization.timing import times_as_fast


def test_the_shortest_runs_count() -> None:
    """Whatever else the machine did in one of the rounds."""
    now = [0.0]
    first, second = iter([9.0, 4.0, 5.0]), iter([2.0, 8.0, 2.5])

    def run(seconds: float) -> None:
        now[0] += seconds

    ratio = times_as_fast(lambda: run(next(first)), lambda: run(next(second)), 3, lambda: now[0])

    assert ratio == pytest.approx(2.0)


def test_runs_take_turns() -> None:
    """What slows the machine down for a while slows both."""
    turns: list[str] = []

    times_as_fast(lambda: turns.append("a"), lambda: turns.append("b"), 2)

    assert turns == ["a", "b", "a", "b"]


def test_no_time_at_all_is_no_fault() -> None:
    """A clock may be coarser than the computation."""
    assert times_as_fast(lambda: None, lambda: None, 1, lambda: 0.0) == 0.0
