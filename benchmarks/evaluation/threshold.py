"""What an estimator of the threshold costs on new parts, over draws of validation photos.

    python benchmarks/evaluation/threshold.py POOL.csv... [--draws 60] [--chosen-on NAME...]

A pool is a table of honest scores, each from a classifier that never saw the part: columns path,
label (0 good, 1 defective), group (empty for a part of its own), score in [0, 1]. From each pool
validation photos are drawn, whole parts at a time; every estimator chooses a threshold on them;
all other photos are judged by it. Printed are, for each pool, weights and number of validation
photos, mean cost and spread of the threshold, and at the end the regret: cost above that of the
best threshold in hindsight, as a mean and beside that of the lowest cost of the sample. The pools
named with `--chosen-on` served to choose okng's estimator, and stand apart. It takes long: 60
draws of eleven pools did not end within 6 CPU minutes; `--draws 5` shows the order. Expected:
okng's regret is the smallest or near it on every pool, and about 0.4 of that of the sample's
lowest cost in the middle.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from okng.evaluation.threshold import ExpectedRates, lowest
from okng.evaluation.threshold.logistic import logistic_shares

WEIGHTS = ((1.0, 1.0), (10.0, 1.0), (1.0, 10.0), (49.0, 1.0))
SIZES = (50, 100, 200, 394)
BOOTSTRAPS = 60
Array = np.ndarray


class Sample(NamedTuple):
    """Scores, truth and part numbers of photos."""

    scores: Array
    truth: Array
    parts: Array

    def take(self, rows: Array) -> "Sample":
        """Some of the photos."""
        return Sample(*(column[rows] for column in self))


def empirical(sample: Sample, weights: Array | None = None) -> tuple[Array, Array, Array, Array]:
    """Thresholds between scores, the gap around each, escape rate and overkill rate."""
    known, level = np.unique(sample.scores, return_inverse=True)
    weights = np.ones(len(level)) if weights is None else weights
    middles = np.r_[known[0] / 2, (known[1:] + known[:-1]) / 2, (known[-1] + 1) / 2]
    gaps = np.diff(np.r_[0, known, 1])
    below = [
        np.r_[0, np.cumsum(np.bincount(level, weights * kind, len(known)))]
        for kind in (sample.truth, ~sample.truth)
    ]
    return middles, gaps, below[0] / below[0][-1], 1 - below[1] / below[1][-1]


def by_sample(sample: Sample, weights: Array | None = None) -> list[float]:
    """The lowest cost of the sample, in the widest gap: okng before this."""
    middles, gaps, escapes, overkills = empirical(sample, weights)
    found = []
    for escape, overkill in WEIGHTS:
        cost = escape * escapes + overkill * overkills
        found.append(float(middles[np.argmax(gaps * np.isclose(cost, cost.min()))]))
    return found


def by_bootstrap(sample: Sample) -> list[float]:
    """The mean of the former over draws of parts."""
    rng, found = np.random.default_rng(0), []
    count = int(sample.parts.max()) + 1
    for _ in range(BOOTSTRAPS):
        drawn = np.bincount(rng.integers(count, size=count), minlength=count)[sample.parts]
        if 0 < (drawn * sample.truth).sum() < drawn.sum():
            found.append(by_sample(sample, drawn.astype(float)))
    return [float(column) for column in np.mean(found, axis=0)]


def by_kernel(sample: Sample) -> list[float]:
    """The lowest cost after spreading each logit by a normal distribution."""
    logits = logit(sample.scores)
    places = np.linspace(logits.min() - 1, logits.max() + 1, 600)
    rates = []
    for kind in (sample.truth, ~sample.truth):
        width = max(float(logits[kind].std()) * len(np.unique(sample.parts[kind])) ** -0.2, 1e-3)
        rates.append(special.ndtr((places[:, None] - logits[kind]) / width).mean(axis=1))
    return [
        float(special.expit(places[np.argmin(escape * rates[0] + overkill * (1 - rates[1]))]))
        for escape, overkill in WEIGHTS
    ]


def by_calibration(sample: Sample) -> list[float]:
    """Logistic regression under equal priors, then the exact rule for the costs."""
    logits = logit(sample.scores)
    scale = max(float(logits.std()), 1e-6)
    order = np.argsort(logits)
    half = len(np.unique(sample.parts)) / 2
    good, bad = (half * kind[order] / kind.sum() for kind in (~sample.truth, sample.truth))
    shares = logistic_shares((logits[order] - logits.mean()) / scale, good, bad)
    margins = special.logit(shares.clip(1e-9, 1 - 1e-9))
    slope = (margins[-1] - margins[0]) / max(logits[order[-1]] - logits[order[0]], 1e-9)
    found = []
    for escape, overkill in WEIGHTS:
        reach = (np.log(overkill / escape) - margins[0]) / max(slope, 1e-9)
        found.append(float(special.expit(np.clip(logits[order[0]] + reach, -16, 16))))
    return found


def by_okng(sample: Sample) -> list[float]:
    """What `okng train` takes."""
    expected = ExpectedRates(*sample)
    sweep = expected.sweep()
    return [float(sweep.thresholds[lowest(sweep.cost(*weights))]) for weights in WEIGHTS]


ESTIMATORS: dict[str, Callable[[Sample], list[float]]] = {
    "sample": by_sample,
    "bootstrap": by_bootstrap,
    "kernel": by_kernel,
    "calibrated": by_calibration,
    "okng": by_okng,
}


def logit(scores: Array) -> Array:
    """Logits of scores, none infinite."""
    return np.asarray(special.logit(scores.clip(1e-7, 1 - 1e-7)))


def draw(pool: Sample, size: int, rng: np.random.Generator) -> Array:
    """Which photos (N,) are drawn for validation: whole parts, both kinds on both sides."""
    counts = np.bincount(pool.parts)
    while True:
        order = rng.permutation(len(counts))
        taken = np.isin(pool.parts, order[: np.searchsorted(np.cumsum(counts[order]), size) + 1])
        kinds = [pool.truth[taken], pool.truth[~taken]]
        if all(0 < kind.sum() < len(kind) for kind in kinds):
            return taken


def measure(name: str, pool: Sample, draws: int) -> Iterator[tuple[object, ...]]:
    """Pool, photos, weights, estimator, cost and threshold of every draw."""
    for size in (size for size in SIZES if size < 0.6 * len(pool.scores)):
        for seed in range(draws):
            taken = draw(pool, size, np.random.default_rng((size, seed)))
            known = pool.take(taken)
            known = known._replace(parts=np.unique(known.parts, return_inverse=True)[1])
            middles, _, escapes, overkills = empirical(pool.take(~taken))
            chosen = {estimator: rule(known) for estimator, rule in ESTIMATORS.items()}
            for number, (escape, overkill) in enumerate(WEIGHTS):
                cost = (escape * escapes + overkill * overkills) / (escape + overkill)
                at = {estimator: values[number] for estimator, values in chosen.items()}
                at["hindsight"] = float(middles[cost.argmin()])
                rest = pool.scores[~taken]
                for estimator, threshold in at.items():
                    row = np.searchsorted(np.unique(rest), threshold)
                    yield (name, size, f"{escape:g}:{overkill:g}", estimator, cost[row], threshold)


def read(path: Path) -> Sample:
    """A pool of scores."""
    table = pd.read_csv(path, dtype={"path": str, "group": str})
    part = table["group"].fillna("").where(table["group"].fillna("") != "", table["path"])
    return Sample(
        table["score"].to_numpy(dtype=float),
        table["label"].to_numpy() > 0,
        np.unique(part, return_inverse=True)[1],
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pools", type=Path, nargs="+")
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--chosen-on", nargs="*", default=[])
    options = parser.parse_args()
    columns = ["pool", "photos", "weights", "estimator", "cost", "threshold"]
    rows = [row for path in options.pools for row in measure(path.stem, read(path), options.draws)]
    table = pd.DataFrame(rows, columns=columns)
    by = table.groupby(["pool", "weights", "photos", "estimator"], sort=False)
    cost, spread = by["cost"].mean().unstack(), by["threshold"].std().unstack()
    for place in cost.index:
        figures = "  ".join(
            f"{name} {cost.loc[place, name]:.4f}, {spread.loc[place, name]:.3f}"
            for name in (*ESTIMATORS, "hindsight")
        )
        print(f"{place[0]}; {place[1]}; {place[2]}: {figures}")
    regret = cost[list(ESTIMATORS)].sub(cost["hindsight"], axis=0)
    chosen = regret.index.get_level_values("pool").isin(options.chosen_on)
    for what, some in (("chosen on", regret[chosen]), ("others", regret[~chosen])):
        if len(some):
            report(what, some)


def report(what: str, regret: pd.DataFrame) -> None:
    """Mean regret by pool, and beside that of the lowest cost of the sample."""
    print(f"regret, {what}:")
    print(regret.groupby("pool").mean().round(4).to_string())
    beside = regret.div(regret["sample"].clip(lower=1e-4), axis=0).clip(lower=0.02)
    print("mean        ", regret.mean().round(4).to_dict())
    print("of sample's ", np.exp(np.log(beside).mean()).round(2).to_dict())
    print("worst of it ", beside.max().round(2).to_dict())


if __name__ == "__main__":
    main()
