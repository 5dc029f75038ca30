"""Would mid-p or Jeffreys intervals cover better than exact ones, where parts have several photos?

Simulates the tests of coverage.py, and takes all three at the effective number of photos that
`okng.evaluation.statistics.intervals.proportion` uses.

Usage: mid_p.py [--tests 600] [--parts 60 150]
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from coverage import THRESHOLD, TRUE_PARTS, draw
from scipy import optimize, special, stats

from okng.evaluation.statistics.intervals import _effective_size, clopper_pearson

Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Ends = tuple[float, float]
_TAIL = 0.025


def mid_p(hits: float, n: float) -> Ends:
    """Lancaster (1961): half of the probability of what was seen counts on each side."""

    def above(share: float) -> float:
        reached = special.betainc(hits, n - hits + 1, share) if hits > 0 else 1.0
        passed = special.betainc(hits + 1, n - hits, share) if n - hits > 1e-9 else 0.0
        return float(reached + passed) / 2

    def solved(level: float) -> float:
        return float(optimize.brentq(lambda share: above(share) - level, 1e-12, 1 - 1e-12))

    low = solved(_TAIL) if hits > 0 else 0.0
    return low, solved(1 - _TAIL) if n - hits > 1e-9 else 1.0


def jeffreys(hits: float, n: float) -> Ends:
    """The interval of Jeffreys' prior."""
    low, high = stats.beta.ppf([_TAIL, 1 - _TAIL], hits + 0.5, n - hits + 0.5)
    return (0.0 if hits <= 0 else float(low)), (1.0 if n - hits < 1e-9 else float(high))


METHODS: dict[str, Callable[[float, float], Ends]] = {
    "exact": clopper_pearson,
    "mid-p": mid_p,
    "Jeffreys": jeffreys,
}


def shares(scores: npt.NDArray[np.float64], truth: Bools) -> Iterator[tuple[str, Bools, Bools]]:
    """Name, hits, and the photos they are counted among."""
    called = scores >= THRESHOLD
    yield "accuracy", called == truth, np.ones(len(truth), dtype=bool)
    yield "precision", truth, called
    yield "recall", called, truth
    yield "specificity", ~called, ~truth


def covered(parts: int, tests: int, true: dict[str, float]) -> Counter[tuple[str, str]]:
    """How many of the tests hold the truth, by figure and method."""
    rng = np.random.default_rng(parts)
    held = Counter[tuple[str, str]]()
    for _ in range(tests):
        scores, truth, groups = draw(parts, rng)
        found: dict[tuple[str, str], tuple[float, float, float]] = {}
        for name, hits, of in shares(scores, truth):
            value, n = float(hits[of].mean()), _effective_size(hits[of], groups[of])
            for method, ends in METHODS.items():
                found[name, method] = (value, *ends(value * n, n))
        for method in METHODS:
            found["balanced accuracy", method] = _joined(
                found["recall", method], found["specificity", method]
            )
        for key, (_value, low, high) in found.items():
            held[key] += low <= true[key[0]] <= high
    return held


def _joined(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float, float]:
    """The mean of two figures; their intervals joined after Zou and Donner (2008)."""
    value = (one[0] + other[0]) / 2
    down = float(np.hypot(one[0] - one[1], other[0] - other[1])) / 2
    up = float(np.hypot(one[2] - one[0], other[2] - other[0])) / 2
    return value, value - down, value + up


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tests", type=int, default=600)
    parser.add_argument("--parts", type=int, nargs="+", default=[60, 150])
    given = parser.parse_args()
    scores, truth, _ = draw(TRUE_PARTS, np.random.default_rng(12345))
    true = {name: float(hits[of].mean()) for name, hits, of in shares(scores, truth)}
    true["balanced accuracy"] = (true["recall"] + true["specificity"]) / 2
    print(f"| parts | figure | {' | '.join(METHODS)} |\n|---|---|{'---|' * len(METHODS)}")
    for parts in given.parts:
        held = covered(parts, given.tests, true)
        for name in true:
            cells = " | ".join(f"{100 * held[name, m] / given.tests:.1f} %" for m in METHODS)
            print(f"| {parts} | {name} | {cells} |")


if __name__ == "__main__":
    main()
