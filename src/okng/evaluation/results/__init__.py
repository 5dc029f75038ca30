"""Typed results: what `metrics.json` and `compare.json` hold. Light to import, no computation."""

from okng.evaluation.results.base import (
    Amount,
    Difference,
    LowerRate,
    Message,
    Rate,
    Result,
    Spread,
    UpperRate,
    english,
    message,
    with_lower,
    with_upper,
)
from okng.evaluation.results.metrics import VERSION, Metrics

__all__ = [
    "VERSION",
    "Amount",
    "Difference",
    "LowerRate",
    "Message",
    "Metrics",
    "Rate",
    "Result",
    "Spread",
    "UpperRate",
    "english",
    "message",
    "with_lower",
    "with_upper",
]
