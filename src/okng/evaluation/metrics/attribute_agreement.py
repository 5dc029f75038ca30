"""Acceptance in the trade's own terms: AIAG's attribute agreement analysis.

Limits after the MSA manual of AIAG for one appraiser, here the inspector, against the reference:
effectiveness, miss rate, false-alarm rate, and Cohen's kappa (1960).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from okng.evaluation.results import Message, Rate, message
from okng.evaluation.results.agreement import Acceptance, AcceptanceRow, Grade
from okng.evaluation.statistics.bootstrap import (
    FEWEST_PARTS,
    fewest_parts,
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
)
from okng.evaluation.statistics.no_error import flawless

Better = Literal["high", "low"]
# figure, acceptable, marginal (AIAG, Measurement Systems Analysis, 4th edition), better side
LIMITS: tuple[tuple[str, float, float, Better], ...] = (
    ("effectiveness", 0.90, 0.80, "high"),
    ("miss_rate", 0.02, 0.05, "low"),
    ("false_alarm_rate", 0.05, 0.10, "low"),
    ("kappa", 0.90, 0.70, "high"),
)
GRADES: tuple[Grade, ...] = ("acceptable", "marginal", "unacceptable", "unknown")


def acceptance(truth: Bools, called: Bools, groups: Groups) -> Acceptance:
    """Grade a test against the limits of AIAG.

    Args:
        truth: bool (N,), whether the part is defective.
        called: bool (N,), whether it was called so.
        groups: int (N,), equal for photos of one part.

    Returns:
        Every photo is one decision; the intervals count parts.
    """
    rates = {
        "effectiveness": proportion(called == truth, groups),
        "miss_rate": proportion(~called[truth], groups[truth]),
        "false_alarm_rate": proportion(called[~truth], groups[~truth]),
        "kappa": kappa_rate(truth, called, groups),
    }
    rows = tuple(
        _row(name, rates[name], acceptable, marginal, better)
        for name, acceptable, marginal, better in LIMITS
    )
    # GRADES goes from good to bad: the worst grade counts
    grade = max((row.grade for row in rows), key=GRADES.index)
    of_bound = _worst_bound([row.grade_of_bound for row in rows])
    return Acceptance(
        unit="photos, with intervals over parts",
        effectiveness=rates["effectiveness"],
        miss_rate=rates["miss_rate"],
        false_alarm_rate=rates["false_alarm_rate"],
        kappa=rates["kappa"],
        rows=rows,
        grade=grade,
        grade_of_bound=of_bound,
        messages=_conclusions(grade, of_bound, rows),
    )


def kappa(cells: Floats) -> Floats:
    """Cohen's kappa of tables (R, 4) of both defective, only called, only true, both good."""
    both, only_called, only_true, neither = cells.T  # each (R,)
    n = cells.sum(axis=1)
    agreed = both + neither
    chance = (both + only_called) * (both + only_true) + (neither + only_called) * (
        neither + only_true
    )
    below = n * n - chance  # 0 where both always give the same verdict
    values: Floats = np.divide(
        n * agreed - chance, below, out=np.full(len(n), np.nan), where=below > 0
    )
    return values


def kappa_rate(truth: Bools, called: Bools, groups: Groups) -> Rate:
    """Kappa with its bootstrap interval over groups; none where a class is missing."""
    if truth.all() or not truth.any():
        return nothing("a class is missing")
    # (N, 4)
    cells = np.stack([truth & called, ~truth & called, truth & ~called, ~truth & ~called], axis=1)
    value = float(kappa(cells.sum(axis=0, keepdims=True).astype(float))[0])
    parts = fewest_parts(truth, groups)
    if parts < FEWEST_PARTS:
        return without_interval(value, len(truth), "too few parts for an interval")
    if value == 1.0:
        return flawless(kappa, truth, groups)
    drawn = kappa(resampled_counts(cells, groups))  # kappa is in [-1, 1]
    return resampled_rate(value, drawn, len(truth), parts, signed=True)


def _row(
    name: str, rate: Rate, acceptable: float, marginal: float, better: Better
) -> AcceptanceRow:
    bound = rate.low if better == "high" else rate.high  # the end that is worse for the inspector
    return AcceptanceRow(
        figure=name,
        value=rate.value,
        low=rate.low,
        high=rate.high,
        acceptable=acceptable,
        marginal=marginal,
        better=better,
        grade=_grade(rate.value, acceptable, marginal, better),
        grade_of_bound=_grade(bound, acceptable, marginal, better),
    )


def _worst_bound(grades: list[Grade]) -> Grade:
    """Of what is proven, a bound that is not known cannot be better than one that is."""
    return "unacceptable" if "unacceptable" in grades else max(grades, key=GRADES.index)


def _grade(value: float | None, acceptable: float, marginal: float, better: Better) -> Grade:
    if value is None:
        return "unknown"
    sign = 1 if better == "high" else -1  # one comparison for both senses
    if sign * value >= sign * acceptable:
        return "acceptable"
    return "marginal" if sign * value >= sign * marginal else "unacceptable"


def _conclusions(
    grade: Grade, of_bound: Grade, rows: Sequence[AcceptanceRow]
) -> tuple[Message, ...]:
    if grade == "unknown":
        missing = [row.figure for row in rows if row.grade == "unknown"]
        return (message("agreement_unknown", figures=missing),)
    measured = message("agreement_grade", grade=grade)
    if of_bound == grade:
        return (measured,)
    unproven = [row.figure for row in rows if row.grade_of_bound != row.grade]
    return (measured, message("agreement_not_proven", figures=unproven, grade=of_bound))
