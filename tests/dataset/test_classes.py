"""The class of good parts is recognised by its name."""

import pytest

from okng.dataset.classes import find_ok_class, is_ok_name, order_classes
from okng.errors import DatasetError


@pytest.mark.parametrize("name", ["ok", "OK", "good", "ok_front", "Normal", "pass", "no_defect",
                                  "non-defective", "functional", "defect free"])  # fmt: skip
def test_good_names_are_recognised(name: str) -> None:
    """What the trade calls its good parts."""
    assert is_ok_name(name)


@pytest.mark.parametrize("name", ["ng", "not_ok", "no good", "nok", "defective", "def_front",
                                  "broken", "scratch", "bad"])  # fmt: skip
def test_bad_names_are_not(name: str) -> None:
    """A defect is never taken for the good class."""
    assert not is_ok_name(name)


def test_given_name_wins() -> None:
    """The user knows better."""
    assert find_ok_class({"a", "ok"}, "a", no_ok=False) == "a"


def test_two_candidates_are_a_question() -> None:
    """Okng does not guess between two."""
    with pytest.raises(DatasetError, match="'good' and 'ok' both"):
        find_ok_class({"good", "ok", "bad"}, None, no_ok=False)


def test_misspelt_name_gets_the_nearest() -> None:
    """A typo is told with what was meant."""
    with pytest.raises(DatasetError, match="Did you mean intact_parts"):
        find_ok_class({"intact_parts", "x"}, "intact_part", no_ok=False)


def test_ok_class_stands_first() -> None:
    """Whatever the alphabet says."""
    assert order_classes(["a_defect", "z_good", "b_defect"], "z_good") == (
        "z_good", "a_defect", "b_defect",
    )  # fmt: skip
