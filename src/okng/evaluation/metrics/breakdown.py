"""The same rates for each station, shift, defect type, or any other column."""

from typing import Any

import numpy as np

from okng.evaluation.metrics.binary_rates import escape_bound, shares
from okng.evaluation.results import message, with_upper
from okng.evaluation.results.agreement import Breakdown, BreakdownRow, ColumnDifference
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import Bools
from okng.verdict import OperatingPoint, reaches_threshold

_MOST = 200  # values; a column of serial numbers would fill the report
_SIGNIFICANT = 0.01  # stricter than 0.05: every column and two rates are tested
_DRAWS = 2000  # the smallest p is 1 / 2001


def measure_by(scores: Scores, point: OperatingPoint, column: str) -> Breakdown:
    """Accuracy, escapes and overkill of the photos of each value of a column.

    Args:
        scores: with an OK class.
        point: the operating point.
        column: of the table; a photo without a value stands under `(none)`.

    Raises:
        ConfigError: there is no such column.
    """
    values = np.where((column_values := scores.column(column)) == "", "(none)", column_values)
    names, counts = np.unique(values, return_counts=True)
    shown = names[np.argsort(-counts, kind="stable")][:_MOST]
    rows = tuple(_row(scores.keep(values == name), point, str(name)) for name in sorted(shown))
    messages = []
    if len(names) > _MOST:
        messages.append(message("many_values", values=len(names), column=column, shown=_MOST))
    # labels differ by definition
    differences = () if column == "label" else _differences(scores, point, values)
    messages += [
        message("differs_by_column", figure=each.figure, column=column, p=each.p)
        for each in differences
        if each.p < _SIGNIFICANT
    ]
    return Breakdown(rows=rows, differences=differences, messages=tuple(messages))


def _row(part: Scores, point: OperatingPoint, name: str) -> BreakdownRow:
    truth, called = part.is_defective, reaches_threshold(part.defect_scores, point.threshold)
    rates = shares(truth, called, part.groups)
    return BreakdownRow(
        value=name,
        photos=len(part),
        groups=len(np.unique(part.groups)),
        good=int((~truth).sum()),
        defective=int(truth.sum()),
        accuracy=rates["accuracy"],
        escape_rate=with_upper(rates["escape_rate"], escape_bound(truth, called, part.groups)),
        overkill_rate=rates["overkill_rate"],
    )


def _differences(
    scores: Scores, point: OperatingPoint, values: Any
) -> tuple[ColumnDifference, ...]:
    """Whether escapes and overkills depend on the value: chance is drawn by moving whole parts."""
    truth, called = scores.is_defective, reaches_threshold(scores.defect_scores, point.threshold)
    differences = []
    for figure, kind, wrong in (("escape_rate", truth, ~called), ("overkill_rate", ~truth, called)):
        p = _permuted(wrong[kind], values[kind], scores.groups[kind])
        if p is not None:
            method = f"chi-square over {_DRAWS} draws that move whole parts between the values"
            differences.append(ColumnDifference(figure=figure, p=p, method=method))
    return tuple(differences)


def _permuted(wrong: Bools, values: Any, groups: Any) -> float | None:
    """P value that errors do not depend on the value; None where there is nothing to compare.

    The parts' values are permuted; a part whose photos have several values keeps its first.
    """
    if not wrong.any() or wrong.all():
        return None
    first = np.unique(groups, return_index=True)[1]
    numbers = np.unique(groups, return_inverse=True)[1]
    # (G,) value of each part, by its first photo
    value = np.unique(values[first], return_inverse=True)[1]
    kinds = int(value.max()) + 1
    if kinds < 2:
        return None
    errors = np.bincount(numbers, weights=wrong.astype(float))  # (G,) wrong verdicts of each part
    sizes = np.bincount(numbers).astype(float)
    rng = np.random.default_rng(0)
    share = float(errors.sum() / sizes.sum())

    def distance(assigned: Any) -> float:
        seen = np.bincount(assigned, weights=errors, minlength=kinds)
        expected = share * np.bincount(assigned, weights=sizes, minlength=kinds)
        return float(np.sum((seen - expected) ** 2 / np.maximum(expected, 1e-12)))

    observed = distance(value)
    # a second or two, however many parts there are
    draws = max(200, min(_DRAWS, 20_000_000 // len(value)))
    more = sum(distance(rng.permutation(value)) >= observed - 1e-9 for _ in range(draws))
    # the observed order is one of the draws, so p is never 0
    return float((more + 1) / (draws + 1))
