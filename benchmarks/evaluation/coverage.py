"""How often do 95 % intervals hold the truth, when parts have several photos?

Simulates tests whose photos come in parts, and counts how often the interval of each figure holds
the true value: the interval that okng prints, and the usual one that takes each photo for a part
of its own. The truth is that of a million photos.

Usage: coverage.py [--tests 2000] [--parts 60 150 400]

Prints a table in Markdown.
"""

import argparse
from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from okng.evaluation.metrics.binary_rates import coefficients, rankings, shares
from okng.evaluation.results import Rate
from okng.evaluation.statistics.intervals import clopper_pearson

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
SHARES = ("accuracy", "precision", "recall", "specificity", "escape_rate", "overkill_rate")
OTHERS = ("f1", "balanced_accuracy", "matthews", "roc_auc", "average_precision")
THRESHOLD = 0.0
TRUE_PARTS = 150_000


def draw(parts: int, rng: np.random.Generator) -> tuple[Floats, Bools, Numbers]:
    """Scores, truth and part numbers: every second part is defective, 1 to 12 photos each.

    Three quarters of the variance of a score belong to the part, one quarter to the photo.
    """
    kinds = np.arange(parts) % 2 == 1
    groups = np.repeat(np.arange(parts), rng.integers(1, 13, parts))
    part = np.where(kinds, 1.5, -1.5) + rng.normal(0, 1.0, parts)
    return part[groups] + rng.normal(0, 0.58, len(groups)), kinds[groups], groups


def measure(scores: Floats, truth: Bools, groups: Numbers) -> dict[str, Rate]:
    """All figures with their intervals, as okng computes them."""
    called = scores >= THRESHOLD
    return {
        **shares(truth, called, groups),
        **coefficients(truth, called, groups),
        **rankings(scores, truth, groups),
    }


def naive(scores: Floats, truth: Bools) -> Iterator[tuple[str, float, float]]:
    """The usual intervals: each photo a part of its own."""
    called = scores >= THRESHOLD
    everything = np.ones(len(truth), dtype=bool)
    pairs = ((called == truth, everything), (truth, called), (called, truth), (~called, ~truth),
             (~called, truth), (called, ~truth))  # fmt: skip
    for name, (hits, of) in zip(SHARES, pairs, strict=True):
        yield name, *clopper_pearson(float(hits[of].sum()), float(of.sum()))
    alone = measure(scores, truth, np.arange(len(scores)))
    for name in OTHERS:
        yield name, *_ends(alone[name])


def covered(
    parts: int, tests: int, true: dict[str, float | None]
) -> tuple[Counter[str], Counter[str]]:
    """How many of the tests hold the truth: with parts, and taking photos for parts."""
    rng = np.random.default_rng(parts)
    ours, theirs = Counter[str](), Counter[str]()
    for _ in range(tests):
        scores, truth, groups = draw(parts, rng)
        for name, rate in measure(scores, truth, groups).items():
            low, high = _ends(rate)
            ours[name] += low <= (true[name] or 0.0) <= high
        for name, low, high in naive(scores, truth):
            theirs[name] += low <= (true[name] or 0.0) <= high
    return ours, theirs


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tests", type=int, default=2000)
    parser.add_argument("--parts", type=int, nargs="+", default=[60, 150, 400])
    given = parser.parse_args()
    scores, truth, _ = draw(TRUE_PARTS, np.random.default_rng(12345))
    one = np.zeros(len(scores), dtype=np.int64)  # one group: its bootstrap costs nothing
    true = {name: rate.value for name, rate in measure(scores, truth, one).items()}
    found = [covered(parts, given.tests, true) for parts in given.parts]
    columns = "".join(f" {parts} parts | photos taken for parts |" for parts in given.parts)
    print(f"| figure | truth |{columns}\n|---|---|{'---|---|' * len(given.parts)}")
    for name in (*SHARES, *OTHERS):
        cells = "".join(
            f" {ours[name] / given.tests:.1%} | {theirs[name] / given.tests:.1%} |"
            for ours, theirs in found
        )
        print(f"| {name.replace('_', ' ')} | {true[name]:.4f} |{cells}")


def _ends(rate: Rate) -> tuple[float, float]:
    return rate.low or 0.0, 1.0 if rate.high is None else rate.high


if __name__ == "__main__":
    main()
