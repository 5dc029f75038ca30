"""The share of errors in the records, with its exact interval."""

from typing import NamedTuple

from okng.evaluation.statistics.intervals import clopper_pearson


class ExactRate(NamedTuple):
    """A share with its exact 95 % interval (Clopper and Pearson, 1934).

    Attributes:
        value: the share, in [0, 1]; None where there was nothing to count.
        low: lower end of the interval; likewise.
        high: upper end of the interval; likewise.
        n: what it was counted on.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


def exact_rate(hits: int, n: int, confidence: float = 0.95) -> ExactRate:
    """The share of hits among n, with its two-sided interval."""
    if n == 0:
        return ExactRate(None, None, None, 0)
    return ExactRate(hits / n, *clopper_pearson(hits, n, confidence), n)
