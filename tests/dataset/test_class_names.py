"""okng.dataset.classes: names that are easily mistaken."""

import pytest

from okng.dataset.classes import find_ok_class
from okng.errors import DatasetError


@pytest.mark.parametrize(
    "name",
    ["n_ok", "N.OK", "NoGood", "non-functional", "abnormal", "ok_defect", "bad_ok", "unhealthy",
     "token", "bypass", "not_intact"],
)  # fmt: skip
def test_defects_with_a_good_word_in_them(name: str) -> None:
    """No defect class passes for good because a good word is part of its name."""
    assert find_ok_class([name, "ok"], None, no_ok=False) == "ok"
    with pytest.raises(DatasetError, match="cannot be told"):
        find_ok_class([name, "scratch"], None, no_ok=False)


@pytest.mark.parametrize("name", ["front_ok", "good-parts", "non_defective", "Not Defective"])
def test_good_parts_with_additions(name: str) -> None:
    """Additions and double negations do not hide the good class."""
    assert find_ok_class(["broken", name], None, no_ok=False) == name


def test_ways_out_are_named() -> None:
    """Where it cannot be told, both flags that settle it are in the error."""
    with pytest.raises(DatasetError) as caught:
        find_ok_class(["type_a", "type_b"], None, no_ok=False)
    assert "--ok NAME" in caught.value.message
    assert "--no-ok" in caught.value.message


def test_no_ok_wins_over_names() -> None:
    """With --no-ok every class is a type, also one that looks good."""
    assert find_ok_class(["ok", "type_a"], None, no_ok=True) is None


def test_other_case_is_suggested() -> None:
    """A name in the wrong case gets the right one."""
    with pytest.raises(DatasetError, match="Did you mean scratch"):
        find_ok_class(["scratch", "dent"], "SCRATCH", no_ok=False)
