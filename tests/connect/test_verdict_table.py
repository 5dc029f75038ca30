"""The table of `okng watch`: a row for each part, safe in spreadsheets, whole after a restart."""

import csv
from pathlib import Path

import pytest

from okng.connect.part import Outcome, Part
from okng.connect.table import COLUMNS, VerdictTable
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError
from okng.testing.line.sources import KeptAlarms
from okng.testing.station.records import inspection_row


def part(name: str = "part.png") -> Part:
    """A part of a file."""
    return Part(photo=b"", key=name, name=name)


def rows(path: Path) -> list[dict[str, str]]:
    """As a program reads them."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_row_holds_the_verdict(tmp_path: Path) -> None:
    """With score, serial, and the identifiers that lead to the record."""
    table = VerdictTable(tmp_path / "v.csv", KeptAlarms())
    row = inspection_row(verdict="NG", score_e9=912_000_000, serial="S1", class_name="dent")
    table.add(part("bad.png"), Outcome(row))

    (read,) = rows(tmp_path / "v.csv")
    assert tuple(read) == COLUMNS
    assert (read["path"], read["verdict"], read["class"]) == ("bad.png", "NG", "dent")
    assert (read["defect_score"], read["serial"], read["id"]) == ("0.912", "S1", row.id)


def test_no_cell_is_run_by_a_spreadsheet(tmp_path: Path) -> None:
    """Names of files and serials come from outside."""
    table = VerdictTable(tmp_path / "v.csv", KeptAlarms())
    table.add(part("=1+1.png"), Outcome(inspection_row(serial="@SUM(A1)")))

    (read,) = rows(tmp_path / "v.csv")
    assert (read["path"], read["serial"]) == ("./=1+1.png", "'@SUM(A1)")


def test_rows_go_on_after_a_restart_and_none_twice(tmp_path: Path) -> None:
    """A part that was in the table when the process was killed comes again."""
    first, second = inspection_row(), inspection_row()
    VerdictTable(tmp_path / "v.csv", KeptAlarms()).add(part(), Outcome(first))
    again = VerdictTable(tmp_path / "v.csv", KeptAlarms())
    again.add(part(), Outcome(first))
    again.add(part(), Outcome(second))

    assert [row["id"] for row in rows(tmp_path / "v.csv")] == [first.id, second.id]


def test_part_without_record_has_no_row(tmp_path: Path) -> None:
    """The table never has more than the record."""
    table = VerdictTable(tmp_path / "v.csv", KeptAlarms())
    table.add(part(), Outcome(None, ConnectError("gone")))

    assert rows(tmp_path / "v.csv") == []


def test_other_table_is_not_touched(tmp_path: Path) -> None:
    """A file of somebody else is refused, and stays as it is."""
    (tmp_path / "v.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ConfigError, match="another table"):
        VerdictTable(tmp_path / "v.csv", KeptAlarms())

    assert (tmp_path / "v.csv").read_text() == "a,b\n1,2\n"


def test_locked_table_gets_its_rows_later(tmp_path: Path) -> None:
    """As when a spreadsheet has it open; an alarm lasts as long."""
    alarms, path = KeptAlarms(), tmp_path / "v.csv"
    table = VerdictTable(path, alarms)
    path.rename(tmp_path / "aside")
    path.mkdir()  # so that it cannot be opened, also by root
    table.add(part("a.png"), Outcome(inspection_row()))
    during = set(alarms.on)
    path.rmdir()
    (tmp_path / "aside").rename(path)
    table.add(part("b.png"), Outcome(inspection_row()))

    assert during == {(Code.FILE_NOT_WRITABLE, str(path))}
    assert alarms.on == set()
    assert [row["path"] for row in rows(path)] == ["a.png", "b.png"]
