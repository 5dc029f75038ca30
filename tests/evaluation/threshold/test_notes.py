"""A threshold at the edge of its range is a note, in metrics and in words."""

import numpy as np

from okng.evaluation.threshold import ExpectedRates, in_words, range_edge

EXPECTED = ExpectedRates(np.linspace(0.1, 0.9, 40), np.arange(40) >= 20, np.arange(40))


def test_a_threshold_at_the_edge_of_its_range_is_noted() -> None:
    """As on solar cells: 0.177, where other draws of the same parts choose 0.18 to 0.40."""
    draws = np.linspace(0.18, 0.40, 200)
    (note,) = range_edge(EXPECTED, 0.177, draws)

    assert (note.code, note.good_parts, note.defective_parts) == ("edge_of_range", 20, 20)
    assert "0.177 lies at the edge of its range" in in_words(note)
    assert "chooses 0.185 to 0.395 on other" in in_words(note)
    assert [n.code for n in range_edge(EXPECTED, 0.5, draws)] == ["edge_of_range"]


def test_a_threshold_inside_its_range_is_not() -> None:
    """Nor one that all draws choose."""
    assert range_edge(EXPECTED, 0.29, np.linspace(0.18, 0.40, 200)) == ()
    assert range_edge(EXPECTED, 0.29, np.full(200, 0.29)) == ()
