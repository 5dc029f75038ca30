"""Key figures on stdout."""

from typing import Any

import pytest

from okng.cli.figures import show_rates


def _rate(value: float | None) -> dict[str, Any]:
    bounds = (None, None) if value is None else (value - 0.1, value + 0.05)
    return {"value": value, "low": bounds[0], "high": bounds[1], "n": 9, "method": "exact"}


def _metrics(leaked: int, without: dict[str, Any] | None = None) -> dict[str, Any]:
    leakage = {"photos": leaked} | ({"without_leaked": without} if without else {})
    return {"photos": 20, "accuracy": _rate(0.95), "roc_auc": _rate(None), "leakage": leakage}


def test_rates_stand_with_their_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    """What could not be measured is left out, and clean photos need no warning."""
    show_rates(_metrics(0))

    assert capsys.readouterr().out.splitlines() == [
        "On 20 test photos, with 95 % intervals:",
        "  accuracy       0.950  [0.850, 1.000]",
    ]


def test_types_stand_with_their_recall(capsys: pytest.CaptureFixture[str]) -> None:
    """Each defect type with its interval and parts; not the OK class, nor what was not there."""
    recall = {"ok": _rate(1.0), "dent": _rate(0.75), "scratch": _rate(0.95), "stain": _rate(None)}
    show_rates(_metrics(0) | {"ok_class": "ok", "types": {"recall": recall}})

    assert capsys.readouterr().out.splitlines()[2:] == [
        "  recall of each type, named rightly:",
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

    assert "The report tells more." in capsys.readouterr().out
