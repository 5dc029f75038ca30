"""What a chosen threshold rests on, as codes with numbers; words are made where they are shown."""

import numpy as np

from okng.evaluation.results import Message, message
from okng.evaluation.results.thresholds import ThresholdNote
from okng.evaluation.statistics.intervals import Floats
from okng.evaluation.threshold.expected import ExpectedRates
from okng.verdict import OperatingPoint

FEW_PARTS = 30
"""Parts of a side below which the estimate rests more on the model of both sides than on them."""
_ESTIMATED = frozenset({"lowest cost", "highest F1"})
_EQUAL = 1e-9
_EDGE = 0.05  # share of draws beyond the threshold below which it lies at the edge of its range


def few_parts(expected: ExpectedRates, point: OperatingPoint) -> tuple[ThresholdNote, ...]:
    """A note where a threshold by cost or F1 rests on fewer than 30 parts of a side."""
    parts = expected.good_parts, expected.defective_parts
    if point.policy not in _ESTIMATED or min(parts) >= FEW_PARTS:
        return ()
    return (
        ThresholdNote(
            code="few_parts",
            good_parts=parts[0],
            defective_parts=parts[1],
            threshold=point.threshold,
            low=None,
            middle=None,
            high=None,
        ),
    )


def range_edge(
    expected: ExpectedRates, threshold: float, draws: Floats
) -> tuple[ThresholdNote, ...]:
    """A note where nearly all draws (D,) of the parts choose more, or nearly all less."""
    beyond = min(float((draws <= threshold + _EQUAL).mean()),
                 float((draws >= threshold - _EQUAL).mean()))  # fmt: skip
    if beyond >= _EDGE:
        return ()
    low, middle, high = (float(q) for q in np.quantile(draws, [0.025, 0.5, 0.975]))
    parts = expected.good_parts, expected.defective_parts
    return (
        ThresholdNote(
            code="edge_of_range",
            good_parts=parts[0],
            defective_parts=parts[1],
            threshold=threshold,
            low=low,
            middle=middle,
            high=high,
        ),
    )


def note_message(note: ThresholdNote) -> Message:
    """A note as a sentence."""
    return message(**note.plain(), fewest=FEW_PARTS)


def in_words(note: ThresholdNote) -> str:
    """A note as a sentence in the chosen language."""
    return note_message(note).text()
