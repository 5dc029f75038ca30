"""How often do the intervals of `okng compare` hold the true difference of two inspectors?

Simulates tests of parts with one photo, or with 1 to 12, judged by two inspectors of which one is
better, and counts how often the interval of each difference holds the truth, that of a million
photos.

Usage: paired.py [--tests 1000] [--parts 60 150] [--single] [--shares]

Prints a table in Markdown.
"""

import argparse
from collections import Counter

import numpy as np

from okng.evaluation.metrics.mcnemar import Pair, compare_pair
from okng.evaluation.results import Difference
from okng.evaluation.statistics.bootstrap import Ranking
from okng.evaluation.statistics.paired_intervals import share_difference

FIGURES = ("accuracy", "escape_rate", "overkill_rate", "roc_auc", "average_precision")
TRUE_PARTS = 150_000


def draw(parts: int, rng: np.random.Generator, *, single: bool) -> Pair:
    """Two inspectors on the same parts; half of the variance of a score is common to both."""
    kinds = np.arange(parts) % 2 == 1
    sizes = np.ones(parts, dtype=int) if single else rng.integers(1, 13, parts)
    groups = np.repeat(np.arange(parts), sizes)
    truth = kinds[groups]
    common = rng.normal(0, 0.7, parts)[groups]
    scores = []
    for distance in (1.3, 1.7):
        own = rng.normal(0, 0.6, parts)[groups] + rng.normal(0, 0.4, len(groups))
        scores.append(np.where(truth, distance, -distance) + common + own)
    called = scores[0] >= 0, scores[1] >= 0
    right = called[0] == truth, called[1] == truth
    return Pair(truth, groups, (scores[0], scores[1]), called, right)


def truths(*, single: bool) -> dict[str, float]:
    """The true differences."""
    pair = draw(TRUE_PARTS, np.random.default_rng(12345), single=single)
    everything = np.ones(len(pair.truth), dtype=bool)
    kinds = (everything, pair.truth, ~pair.truth)
    called = (pair.right, tuple(~c for c in pair.called), pair.called)
    shares = [
        float(b[kind].mean() - a[kind].mean()) for kind, (a, b) in zip(kinds, called, strict=True)
    ]
    areas = [
        Ranking.of(scores, pair.truth).areas(np.ones((1, len(everything))))[0]
        for scores in pair.scores
    ]
    return dict(zip(FIGURES, [*shares, *(areas[1] - areas[0]).tolist()], strict=True))


def measured(pair: Pair, *, areas: bool) -> dict[str, Difference]:
    """The differences with their intervals, those of the areas only where asked for."""
    if areas:
        found = compare_pair(pair, ("a", "b")).figures
        return {name: row.difference for name, row in found.items()}
    everything = np.ones(len(pair.truth), dtype=bool)
    kinds = (everything, pair.truth, ~pair.truth)
    hits = (pair.right, (~pair.called[0], ~pair.called[1]), pair.called)
    return {
        name: share_difference(a[kind], b[kind], pair.groups[kind])
        for name, kind, (a, b) in zip(FIGURES, kinds, hits, strict=False)
    }


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tests", type=int, default=1000)
    parser.add_argument("--parts", type=int, nargs="+", default=[60, 150])
    parser.add_argument("--single", action="store_true", help="one photo of each part")
    parser.add_argument("--shares", action="store_true", help="leave out areas under curves; fast")
    given = parser.parse_args()
    true = truths(single=given.single)
    held = {parts: Counter[str]() for parts in given.parts}
    for parts, count in held.items():
        rng = np.random.default_rng(parts)
        for _ in range(given.tests):
            pair = draw(parts, rng, single=given.single)
            for name, rate in measured(pair, areas=not given.shares).items():
                count[name] += (rate.low or 0.0) <= true[name] <= (rate.high or 0.0)
    head = " | ".join(f"{parts} parts" for parts in given.parts)
    print(f"| difference of | truth | {head} |\n|---|---|{'---|' * len(given.parts)}")
    for name in FIGURES[: 3 if given.shares else None]:
        cells = " | ".join(f"{100 * held[p][name] / given.tests:.1f} %" for p in given.parts)
        print(f"| {name.replace('_', ' ')} | {true[name]:+.4f} | {cells} |")


if __name__ == "__main__":
    main()
