"""Choosing a threshold: expected rates of new parts, and how much they rest on."""

from okng.evaluation.threshold.expected import ExpectedRates, lowest
from okng.evaluation.threshold.notes import (
    FEW_PARTS,
    few_parts,
    in_words,
    note_message,
    range_edge,
)

__all__ = [
    "FEW_PARTS",
    "ExpectedRates",
    "few_parts",
    "in_words",
    "lowest",
    "note_message",
    "range_edge",
]
