"""How far to draw the design effect of few errors towards its largest value: 0, 1/2, 1 or 2 parts?

Simulates shares of grouped photos in 100 settings (parts, true share, correlation within parts)
and prints how often the exact interval at the effective sample size holds the true share.

Usage: effective_size.py [--tests 1000]
"""

import argparse
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from okng.evaluation.statistics import intervals

Bools = npt.NDArray[np.bool_]
Groups = npt.NDArray[np.int64]
DOUBTS = (0.0, 0.5, 1.0, 2.0)
PARTS = (30, 60, 150, 400)
SHARES = (0.8, 0.9, 0.95, 0.98, 0.99)
CORRELATIONS = (0.05, 0.1, 0.3, 0.7, 1.0)


def draw(
    parts: int, share: float, correlation: float, rng: np.random.Generator
) -> tuple[Bools, Groups]:
    """Hits of 1 to 11 photos of each part; a part's own share has a beta distribution."""
    groups = np.repeat(np.arange(parts), rng.integers(1, 12, parts))
    if correlation == 1.0:
        return (rng.random(parts) < share)[groups], groups
    size = (1 - correlation) / correlation
    own = rng.beta(share * size, (1 - share) * size, parts)
    return rng.random(len(groups)) < own[groups], groups


def main() -> None:
    """Print one line per setting."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tests", type=int, default=1000)
    given = parser.parse_args()
    print("parts  share  correlation  " + "  ".join(f"{d:g} parts" for d in DOUBTS))
    for parts, share, correlation in product(PARTS, SHARES, CORRELATIONS):
        rng = np.random.default_rng(parts)
        tests = [draw(parts, share, correlation, rng) for _ in range(given.tests)]
        cells = [_covered(tests, share, doubt) for doubt in DOUBTS]
        print(f"{parts:5}  {share:5}  {correlation:11}  " + "  ".join(f"{c:7.3f}" for c in cells))


def _covered(tests: list[tuple[Bools, Groups]], share: float, doubt: float) -> float:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "_DOUBT", doubt)
        rates = [intervals.proportion(hits, groups) for hits, groups in tests]
    return float(np.mean([(r.low or 0.0) <= share <= (r.high or 1.0) for r in rates]))


if __name__ == "__main__":
    main()
