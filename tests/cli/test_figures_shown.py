"""Key figures on stdout."""

from typing import Any

import pytest

from okng.cli.rates import show_rates


def _rate(value: float | None) -> dict[str, Any]:
    bounds = (None, None) if value is None else (value - 0.1, value + 0.05)
    return {"value": value, "low": bounds[0], "high": bounds[1], "n": 9, "method": "exact"}


def _metrics(leaked: int, without: dict[str, Any] | None = None) -> dict[str, Any]:
    leakage = {"photos": leaked} | ({"without_leaked": without} if without else {})
    return {"photos": 20, "groups": 20, "ok_class": "ok", "accuracy": _rate(0.95),
            "roc_auc": _rate(None), "leakage": leakage}  # fmt: skip


def test_rates_stand_with_their_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    """What could not be measured is left out, and clean photos need no warning."""
    show_rates(_metrics(0))

    assert capsys.readouterr().out.splitlines() == [
        "On 20 test photos, with 95 % intervals:",
        "  accuracy       0.950  [0.850, 1.000]",
    ]


def test_escapes_come_first_and_few_parts_have_no_joined_interval(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The figure that counts leads; F1 of nine parts a class has a value and no interval."""
    kinds = {"good": {"photos": 9, "parts": 9}, "defective": {"photos": 11, "parts": 11}}
    show_rates(_metrics(0) | kinds | {"escape_rate": _rate(0.1), "f1": _rate(0.9)})
    lines = capsys.readouterr().out.splitlines()

    assert lines[1].startswith("  escape rate    0.100  [0.000, 0.150]")
    assert lines[-1] == "  f1             0.900  too few parts for an interval"


def test_all_parts_out_of_fold_come_before_a_small_test(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With 75 parts judged out of fold, the 20 test photos stand below."""
    folds = {"stands_first": True, "groups": 75, "photos": 144, "accuracy": _rate(0.85)}
    show_rates(_metrics(0) | {"out_of_fold": folds})
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].startswith("On 75 parts (144 photos) outside of the test, by cross-validation")
    assert lines[1].startswith("  accuracy       0.850")
    assert lines[2].startswith("On 20 test photos")


def test_types_stand_with_their_recall(capsys: pytest.CaptureFixture[str]) -> None:
    """Each defect type with its interval and parts; not the OK class, nor what was not there."""
    recall = {"ok": _rate(1.0), "dent": _rate(0.75), "scratch": _rate(0.95), "stain": _rate(None)}
    show_rates(_metrics(0) | {"ok_class": "ok", "types": {"recall": recall}})

    assert capsys.readouterr().out.splitlines()[2:] == [
        "  recall of each type:",
        "    dent    0.750  [0.650, 0.800]  of 9",
        "    scratch 0.950  [0.850, 1.000]  of 9",
    ]


def test_a_leak_has_the_honest_figure_beside_the_headline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Accuracy on the photos that training has not seen, and how many these are."""
    show_rates(_metrics(12, {"photos": 8, "accuracy": _rate(0.75)}))
    said = capsys.readouterr().out

    assert "WARNING: 12 test photos are copies of photos in training" in said
    assert "accuracy on the 8 other photos: 0.750  [0.650, 0.800]" in said


def test_a_test_of_copies_alone_has_no_honest_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """It is said in words, with a way out."""
    show_rates(_metrics(20, {"photos": 0, "accuracy": _rate(None)}))

    assert "no test photo is left" in capsys.readouterr().out


def test_defect_types_alone_point_to_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a class of good parts nothing was worked out anew."""
    show_rates(_metrics(3))

    assert "See the report." in capsys.readouterr().out


def test_rates_are_german_where_that_is_set(capsys: pytest.CaptureFixture[str]) -> None:
    """With decimal commas, and another sign between the ends of an interval."""
    show_rates(_metrics(0) | {"report": {"language": "de"}})

    assert capsys.readouterr().out.splitlines() == [
        "An 20 Testfotos, mit 95-%-Vertrauensbereichen:",
        "  Genauigkeit        0,950  [0,850; 1,000]",
    ]
