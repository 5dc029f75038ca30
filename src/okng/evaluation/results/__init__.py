"""Typed results: what `metrics.json` and `compare.json` hold. Light to import, no computation."""

from okng.evaluation.results.base import (
    Amount,
    Difference,
    LowerRate,
    Rate,
    Result,
    Spread,
    UpperRate,
    with_lower,
    with_upper,
)
from okng.evaluation.results.metrics import VERSION, Metrics

__all__ = [
    "VERSION",
    "Amount",
    "Difference",
    "LowerRate",
    "Metrics",
    "Rate",
    "Result",
    "Spread",
    "UpperRate",
    "with_lower",
    "with_upper",
]
