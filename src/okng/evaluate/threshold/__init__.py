"""Choosing a threshold: expected rates of new parts, and how much they rest on."""

from okng.evaluate.threshold.expected import ExpectedRates, lowest
from okng.evaluate.threshold.notes import FEW_PARTS, Note, few_parts, in_words, range_edge

__all__ = ["FEW_PARTS", "ExpectedRates", "Note", "few_parts", "in_words", "lowest", "range_edge"]
