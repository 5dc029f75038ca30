"""Rates of OK and NG with their intervals. The positive class is defective."""

import numpy as np

from okng.evaluation.results import Rate
from okng.evaluation.statistics.bootstrap import (
    FEWEST_PARTS,
    Ranking,
    fewest_parts,
    over_draws,
    resampled_counts,
    resampled_rate,
    without_interval,
)
from okng.evaluation.statistics.intervals import (
    Bools,
    Floats,
    Groups,
    nothing,
    proportion,
    upper_rate,
)
from okng.evaluation.statistics.no_error import all_pairs_right, flawless

RANKING_DRAWS = 500  # of areas under curves, which cost more than a sum of counts
_MANY = 20_000  # photos; beyond them half the draws do: the interval is narrow anyway
_MISSING = "a class is missing"


def shares(truth: Bools, called: Bools, groups: Groups) -> dict[str, Rate]:
    """The rates that are shares of photos.

    Args:
        truth: bool (N,), whether the part is defective.
        called: bool (N,), whether it was called so.
        groups: int (N,), equal for photos of one part.
    """

    def share(hits: Bools, of: Bools) -> Rate:
        return proportion(hits[of], groups[of])

    return {
        "accuracy": proportion(called == truth, groups),
        "precision": share(truth, called),
        "recall": share(called, truth),
        "specificity": share(~called, ~truth),
        "escape_rate": share(~called, truth),
        "overkill_rate": share(called, ~truth),
    }


def coefficients(truth: Bools, called: Bools, groups: Groups) -> dict[str, Rate]:
    """F1, Matthews' coefficient (1975), and balanced accuracy."""
    # (N, 4): TP, FP, FN, TN
    cells = np.stack([truth & called, ~truth & called, truth & ~called, ~truth & ~called], axis=1)
    totals = cells.sum(axis=0, keepdims=True).astype(float)
    rates = {"balanced_accuracy": _balanced(truth, called, groups)}
    if truth.all() or not truth.any():
        return {**rates, **dict.fromkeys(_FORMULAS, nothing(_MISSING))}
    drawn, parts = None, fewest_parts(truth, groups)
    enough = parts >= FEWEST_PARTS
    for name, formula in _FORMULAS.items():
        value = float(formula(totals)[0])
        if not np.isfinite(value):
            rates[name] = nothing("a class is never called")
        elif value == 1.0:
            rates[name] = flawless(formula, truth, groups) if enough else _too_few(truth)
        else:
            # one set of draws for all coefficients, and none if no coefficient needs it
            drawn = resampled_counts(cells, groups) if drawn is None else drawn
            rates[name] = resampled_rate(
                value, formula(drawn), len(truth), parts, signed=name == "matthews"
            )
    return rates


def rankings(scores: Floats, truth: Bools, groups: Groups) -> dict[str, Rate]:
    """Areas under the ROC curve and under precision over recall."""
    names = ("roc_auc", "average_precision")
    if truth.all() or not truth.any():
        return dict.fromkeys(names, nothing(_MISSING))
    ranking = Ranking.of(scores, truth)
    values = ranking.areas(np.ones((1, len(truth))))[0].tolist()
    parts = fewest_parts(truth, groups)
    if min(values) > 1 - 1e-12:  # no draw would differ
        enough = parts >= FEWEST_PARTS
        return dict.fromkeys(names, all_pairs_right(truth, groups) if enough else _too_few(truth))
    draws = RANKING_DRAWS if len(truth) <= _MANY else RANKING_DRAWS // 2
    drawn = over_draws(ranking.areas, groups, draws)
    return {
        name: resampled_rate(value, drawn[:, column], len(truth), parts)
        for column, (name, value) in enumerate(zip(names, values, strict=True))
    }


def escape_bound(truth: Bools, called: Bools, groups: Groups) -> float | None:
    """One-sided 95 % bound of the escape rate; None without a defective part."""
    return upper_rate(~called[truth], groups[truth])


def _too_few(truth: Bools) -> Rate:
    return without_interval(1.0, len(truth), "no error seen; too few parts for an interval")


def _f1(cells: Floats) -> Floats:
    hits, overkills, escapes = cells[:, 0], cells[:, 1], cells[:, 2]
    return _ratio(2 * hits, 2 * hits + overkills + escapes)


def _matthews(cells: Floats) -> Floats:
    hits, overkills, escapes, passes = cells.T
    # up to n^4: floats, since integers of 64 bits overflow at 55,000 photos
    product = (hits + overkills) * (hits + escapes) * (passes + overkills) * (passes + escapes)
    return _ratio(hits * passes - overkills * escapes, np.sqrt(product))


def _ratio(above: Floats, below: Floats) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return ratio


_FORMULAS = {"f1": _f1, "matthews": _matthews}


def _balanced(truth: Bools, called: Bools, groups: Groups) -> Rate:
    """Mean of recall and specificity; their intervals joined after Zou and Donner (2008)."""
    sides = [proportion(called[truth], groups[truth]), proportion(~called[~truth], groups[~truth])]
    ends = [(s.value, s.low, s.high) for s in sides]
    if any(None in end for end in ends):
        return nothing(_MISSING)
    value, low, high = np.array(ends, dtype=float).T  # (2,) each
    middle = float(value.mean())
    down, up = np.hypot(*(value - low)) / 2, np.hypot(*(high - value)) / 2
    method = "intervals of recall and specificity joined (Zou-Donner)"
    return Rate(value=middle, low=max(0.0, middle - float(down)),
                high=min(1.0, middle + float(up)), n=len(truth), method=method)  # fmt: skip
