"""Several runs over the same parts: does the inspector say the same of a part each time?

Agreement between runs after AIAG's attribute agreement analysis; kappa over several runs after
Fleiss (1971).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from okng.evaluation.results import message
from okng.evaluation.results.agreement import Flip, Repeatability, ScoreRange
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import Floats, proportion
from okng.verdict import OperatingPoint, reaches_threshold

COLUMNS = ("run", "trial")  # names that other tools give such a column
_SHOWN = 50  # rows; more would fill the report


def find_runs(scores: Scores, column: str | None) -> str | None:
    """The column that tells runs apart: the one that was named, or `run`, or `trial`."""
    if column is not None:
        scores.column(column)
        return column
    return next((name for name in COLUMNS if name in scores.table), None)


def repeatability(scores: Scores, point: OperatingPoint, column: str) -> Repeatability | None:
    """Compare runs over the same parts; each group is a part.

    Args:
        scores: with an OK class.
        point: the operating point.
        column: tells the runs apart.

    Returns:
        None where no part was seen in two runs.
    """
    table = pd.DataFrame(
        {
            "part": scores.table["group"],
            "run": scores.column(column),
            "score": scores.defect_scores,
            "bad": scores.is_defective,
            "label": scores.table["label"],
        }
    )
    table = table[(table["part"] != "") & (table["run"] != "")]
    # (parts, runs); the photo with the highest score decides about a part
    wide = table.pivot_table(index="part", columns="run", values="score", aggfunc="max")
    wide = wide.loc[wide.notna().sum(axis=1) >= 2]  # one run alone repeats nothing
    if wide.empty:
        return None
    label = table.groupby("part")["label"].first()[wide.index].to_numpy()
    bad = table.groupby("part")["bad"].max()[wide.index].to_numpy(dtype=bool)
    values, seen = wide.to_numpy(dtype=float), wide.notna().to_numpy()
    called = seen & reaches_threshold(values, point.threshold)
    all_ng = (called | ~seen).all(axis=1)  # (parts,), over the runs that have the part
    same = all_ng | ~called.any(axis=1)
    right = same & (all_ng == bad)
    deviation = _pooled_deviation(values)
    return Repeatability(
        column=column,
        runs=tuple(str(name) for name in wide.columns),
        parts=len(wide),
        agreement=proportion(same),
        agreement_good=proportion(same[~bad]),
        agreement_defective=proportion(same[bad]),
        against_truth=proportion(right),
        kappa_between_runs=fleiss_kappa(
            # (parts, 2): NG and OK
            np.stack([called.sum(axis=1), (seen & ~called).sum(axis=1)], axis=1)
        ),
        score_sd=deviation,
        score_range=_ranges(values),
        flips=tuple(_flips(wide, called, same, label)),
        messages=(
            message(
                "repeatability",
                same=int(same.sum()),
                parts=len(wide),
                right=int(right.sum()),
                deviation=deviation,
            ),
        ),
    )


def fleiss_kappa(counts: npt.NDArray[np.generic]) -> float | None:
    """Kappa of verdict counts (parts, verdicts), parts with as many runs as most have.

    None where all verdicts are the same, so that agreement by chance is certain.
    """
    table = counts.astype(float)
    n = float(table.sum(axis=1).max())
    # Fleiss (1971) asks for equally many verdicts of each part
    table = table[table.sum(axis=1) == n]
    agreed = float(np.mean((np.sum(table**2, axis=1) - n) / (n * (n - 1))))
    chance = float(np.sum((table.sum(axis=0) / table.sum()) ** 2))
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def _pooled_deviation(values: Floats) -> float:
    count = np.sum(~np.isnan(values), axis=1)
    # degrees of freedom: runs less one, summed over the parts
    return float(np.sqrt(np.sum(np.nanvar(values, axis=1) * count) / np.sum(count - 1)))


def _ranges(values: Floats) -> ScoreRange:
    ranges = np.nanmax(values, axis=1) - np.nanmin(values, axis=1)
    return ScoreRange(median=float(np.median(ranges)), largest=float(ranges.max()))


def _flips(wide: pd.DataFrame, called: Any, same: Any, label: Any) -> Iterator[Flip]:
    for row in np.flatnonzero(~same)[:_SHOWN]:
        scores = {str(name): float(value) for name, value in wide.iloc[row].dropna().items()}
        verdicts = {
            str(name): "NG" if called[row, number] else "OK"
            for number, name in enumerate(wide.columns)
            if str(name) in scores
        }
        yield Flip(
            part=str(wide.index[row]), label=str(label[row]), verdicts=verdicts, scores=scores
        )
