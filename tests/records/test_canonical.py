"""Canonical JSON gives one text per value."""

import pytest

from okng.records.canonical import canonical, decimal, e9, from_e9


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    """Two dictionaries with the same content have the same text."""
    assert canonical({"b": [1, None, "ä"], "a": {"d": True, "c": "x"}}) == (
        '{"a":{"c":"x","d":true},"b":[1,null,"ä"]}'
    )


@pytest.mark.parametrize("value", [0.5, [0.5], {"a": [{"b": 0.5}]}, float("nan")])
def test_floats_are_refused(value: object) -> None:
    """A float would be written in different ways by different libraries."""
    with pytest.raises(TypeError, match="no floats"):
        canonical(value)  # type: ignore[arg-type]


def test_scores_are_whole_steps() -> None:
    """A score is a whole number of 1e-9, and a decimal with nine places."""
    assert (e9(0.125), decimal(0.125), from_e9(125_000_000)) == (125_000_000, "0.125000000", 0.125)


def test_what_is_no_number_is_left_empty() -> None:
    """NaN and infinity have no place in a record."""
    assert [e9(value) for value in (None, float("nan"), float("inf"))] == [None, None, None]
