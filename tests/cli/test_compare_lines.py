"""What `okng compare` prints, in English and German."""

import pandas as pd
import pytest

from okng.cli.commands.compare import _show
from okng.commands.compare import Comparison
from okng.evaluation.results import comparison, message
from okng.evaluation.results.base import Difference


def made(changed: int = 1) -> Comparison:
    """A comparison of two runs over 30 photos of 12 parts."""
    figure = comparison.FigurePair(
        a=0.9, b=0.95, difference=Difference(value=0.05, low=-0.01, high=0.11, n=30, method="x")
    )
    unknown = comparison.FigurePair(
        a=0.9, b=0.9,
        difference=Difference(value=0, low=None, high=None, n=30,
                              method="too few parts for an interval"),
    )  # fmt: skip
    result = comparison.Comparison(
        photos=30, groups=12, matched_by="content", only_in_a=2, only_in_b=3, label_conflicts=0,
        changed=changed, a="old", b="new", verdict="",
        tests={"good": comparison.McNemar(only_a_right=0, only_b_right=1, p=0.04,
                                          method="exact McNemar")},
        figures={"escape_rate": figure, "average_precision": unknown},
        messages=(message("costs_decide"),),
    )  # fmt: skip
    row = {"path": "ng/7.jpg", "label": "defective", "verdict_a": "OK", "verdict_b": "NG",
           "score_a": 0.2, "score_b": 0.7}  # fmt: skip
    return Comparison(result, pd.DataFrame([row] * changed, columns=list(row)))


def test_lines_are_english_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Figures, tests and photos each have a line."""
    _show(made())
    shown = capsys.readouterr().out

    assert "On 30 photos of 12 parts" in shown
    assert "matched by content; 2 and 3 others left out" in shown
    assert "escape rate          0.9000  0.9500  difference +0.0500  [-0.0100, +0.1100]" in shown
    assert "good parts           exact McNemar: p = 0.04" in shown
    assert "1 photo changed verdict:\n  ng/7.jpg  (defective): OK 0.200 -> NG 0.700" in shown


def test_lines_are_german_where_that_is_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down to methods and decimal commas; paths and verdicts stay as they are."""
    monkeypatch.setenv("OKNG_LANGUAGE", "de")
    _show(made())
    shown = capsys.readouterr().out

    assert "Auf 30 Fotos (12 Teile)" in shown
    assert "zugeordnet nach Inhalt; 2 und 3 weitere weggelassen" in shown
    assert "Schlupfrate          0,9000  0,9500  Unterschied +0,0500  [-0,0100, +0,1100]" in shown
    assert "mittlere Präzision   0,9000  0,9000  Unterschied +0,0000  zu wenige Teile" in shown
    assert "i.O.-Teile           exakter McNemar-Test: p = 0,04" in shown
    assert "1 Foto hat ein anderes Urteil:\n  ng/7.jpg  (defective): OK 0,200" in shown


def test_long_list_ends_with_what_writes_all(capsys: pytest.CaptureFixture[str]) -> None:
    """A screen holds twenty photos."""
    _show(made(changed=23))

    assert "and 3 more; `out` writes them all" in capsys.readouterr().out
