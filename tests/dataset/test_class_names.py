"""okng.dataset.classes: names that are easily mistaken."""

import pytest

from okng.dataset.classes import check_spellings, find_ok_class
from okng.errors import DatasetError


@pytest.mark.parametrize(
    "name",
    ["n_ok", "N.OK", "NoGood", "non-functional", "abnormal", "ok_defect", "bad_ok", "unhealthy",
     "token", "bypass", "not_intact"],
)  # fmt: skip
def test_defects_with_a_good_word_in_them(name: str) -> None:
    """No defect class passes for good because a good word is part of its name."""
    assert find_ok_class([name, "ok"], None, no_ok=False) == "ok"
    with pytest.raises(DatasetError, match="Cannot determine which class"):
        find_ok_class([name, "scratch"], None, no_ok=False)


@pytest.mark.parametrize("name", ["front_ok", "good-parts", "non_defective", "Not Defective"])
def test_good_parts_with_additions(name: str) -> None:
    """Additions and double negations do not hide the good class."""
    assert find_ok_class(["broken", name], None, no_ok=False) == name


def test_ways_out_are_named() -> None:
    """Where it cannot be told, both flags that settle it are in the error."""
    with pytest.raises(DatasetError) as caught:
        find_ok_class(["type_a", "type_b"], None, no_ok=False)
    assert "`data.ok` NAME" in caught.value.message
    assert "`data.no_ok`" in caught.value.message


def test_no_ok_wins_over_names() -> None:
    """With --no-ok every class is a type, also one that looks good."""
    assert find_ok_class(["ok", "type_a"], None, no_ok=True) is None


def test_given_name_in_another_case() -> None:
    """`--ok ok` beside a folder OK is that folder, not a defect type."""
    assert find_ok_class(["OK", "dent"], "ok", no_ok=False) == "OK"
    assert find_ok_class(["größe\u0301", "dent"], "GRÖSSÉ", no_ok=False) == "größe\u0301"


@pytest.mark.parametrize("name", [
    "gut", "Gutteile", "IO", "i.O.", "i. O.", "iO-Teile", "in Ordnung", "fehlerfrei", "ohne Fehler",
    "bon", "pièces conformes", "bueno", "sin defectos", "buoni", "goed", "dobry", "dobrý", "годен",
    "合格", "良品", "OK品", "양품", "\uff2f\uff2b", "OKTeile", "Good Parts 2", "O.K.",
])  # fmt: skip
def test_good_names_of_many_plants(name: str) -> None:
    """The class of good parts is known under the names of many languages."""
    assert find_ok_class([name, "scratch"], None, no_ok=False) == name


@pytest.mark.parametrize("name", [
    "nicht ok", "nichtOK", "n.i.O.", "niO", "nicht gut", "not good", "no ok", "pas bon",
    "non conforme", "ikke ok", "inte bra", "nie dobry", "не годен", "不合格", "不良品", "불량",
    "fine_scratch", "almost ok", "ok rework", "good?", "unaccepted", "passed with remarks",
     "io nacharbeit",
])  # fmt: skip
def test_no_defect_class_is_taken(name: str) -> None:
    """A name with a word that is not known to be good or neutral is asked about, never taken."""
    with pytest.raises(DatasetError, match="Cannot determine which class"):
        find_ok_class([name, "reference"], None, no_ok=False)


@pytest.mark.parametrize("names", [["ok", "gut", "ng"], ["ok", "ok - Kopie", "ng"], ["0", "1"]])
def test_two_or_none_is_a_question(names: list[str]) -> None:
    """Where two classes could be the good one, or none, the error quotes all classes."""
    with pytest.raises(DatasetError) as caught:
        find_ok_class(names, None, no_ok=False)
    assert all(repr(name) in caught.value.message for name in names)


def test_words_of_all_classes_say_nothing() -> None:
    """The name of the product in every class does not hide the good one."""
    assert find_ok_class(["valve7 good", "valve7 dent"], None, no_ok=False) == "valve7 good"


@pytest.mark.parametrize(("others", "found"), [(["broken"], True), (["coarse"], False)])
def test_words_of_two_meanings_need_a_bad_class(others: list[str], found: bool) -> None:
    """`fine` beside `broken` is good; beside `coarse` it is a grain size."""
    if found:
        assert find_ok_class(["fine", *others], None, no_ok=False) == "fine"
    else:
        with pytest.raises(DatasetError, match="Cannot determine which class"):
            find_ok_class(["fine", *others], None, no_ok=False)


def test_classes_of_one_spelling_are_refused() -> None:
    """`ng` and `NG` are one class or a slip: both are quoted."""
    with pytest.raises(DatasetError, match="'NG' and 'ng'"):
        check_spellings(["ok", "ng", "NG"], "here")
