"""Verdicts open in a spreadsheet by a double click, with every value where it belongs."""

import contextlib
import io
from pathlib import Path

import openpyxl
import pytest

from okng.errors import OkngError
from okng.inference.tables import spreadsheets
from okng.inference.tables.spreadsheets import excel_csv_writer, workbook
from okng.verdict import Judgement, Verdict

CLASSES = ("ok", "defective")
GOOD = Verdict(
    Judgement.OK, 0.125, "ok", {"ok": 0.875, "defective": 0.125}, path="Pr\u00fcfung/1.jpg"
)
LOST = Verdict(Judgement.ERROR, float("nan"), "", path="=cmd.jpg", error="cut off")


def test_csv_is_what_a_german_excel_expects() -> None:
    """Byte order mark, semicolons, decimal commas, and no formula."""
    file = io.StringIO()
    write = excel_csv_writer(file, CLASSES)
    write(GOOD)
    write(LOST)

    lines = file.getvalue().split("\r\n")
    assert lines[0].startswith("\ufeffpath;verdict;defect_score;class;")
    assert lines[1].startswith("Pr\u00fcfung/1.jpg;OK;0,125;ok;0,5;")
    assert lines[2].startswith("./=cmd.jpg;ERROR;;;0,5;cut off")


def test_workbook_holds_numbers_and_texts(tmp_path: Path) -> None:
    """Numbers that Excel can sum, names that it does not run."""
    file = tmp_path / "v.xlsx"
    with workbook(file, CLASSES) as write:
        write(GOOD)
        write(LOST)

    sheet = openpyxl.load_workbook(file).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:3] == ["path", "verdict", "defect_score"]
    assert rows[1][:4] == ["Pr\u00fcfung/1.jpg", "OK", 0.125, "ok"]
    assert rows[2][:3] == ["=cmd.jpg", "ERROR", None]
    assert sheet["A3"].data_type == "s"
    assert sheet.freeze_panes == "B2"
    assert sheet["B2"].fill.fgColor.rgb != sheet["B3"].fill.fgColor.rgb


def test_more_verdicts_than_a_sheet_holds_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel drops what is beyond its last row without a word."""
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 2)
    file = tmp_path / "v.xlsx"
    with workbook(file, CLASSES) as write:
        for _ in range(5):
            write(GOOD)

    sheets = openpyxl.load_workbook(file).worksheets
    assert [sheet.max_row - 1 for sheet in sheets] == [2, 2, 1]


def test_verdicts_before_an_error_are_kept(tmp_path: Path) -> None:
    """The workbook is saved however the command ends."""
    file = tmp_path / "v.xlsx"
    with contextlib.suppress(ZeroDivisionError), workbook(file, CLASSES) as write:
        write(GOOD)
        raise ZeroDivisionError

    assert openpyxl.load_workbook(file).active.max_row == 2


def test_workbook_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """It is open in Excel, or the disk is full."""
    (tmp_path / "v.xlsx").mkdir()

    with pytest.raises(OkngError, match="cannot be written"):
        workbook(tmp_path / "v.xlsx", CLASSES).__enter__()
