"""Verdicts for spreadsheets: an Excel workbook, and CSV as a German Excel opens it."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from okng.error_codes import Code
from okng.errors import OkngError
from okng.inference.tables.rows import Result, columns
from okng.text import harmless, harmless_path, shown

BYTE_ORDER_MARK = "\ufeff"
"""Excel takes a file without it for the code page of the country."""
SHEET_ROWS = 1_048_575
"""Rows of an Excel sheet below its header; what comes after goes to a further sheet."""
_COLOURS = {"OK": "#C6EFCE", "NG": "#FFC7CE", "REVIEW": "#FFEB9C", "ERROR": "#D9D2E9"}
_WIDTHS = {
    "path": 48,
    "error": 40,
    "class": 18,
    "id": 38,
    "time": 30,
    "error_code": 20,
}  # characters; 13 for the rest


def excel_csv_writer(
    file: TextIO, classes: Iterable[str], *, traced: bool = False
) -> Callable[[Result], None]:
    """Write the header now, and each row when its verdict or inspection is handed over.

    Semicolons, decimal commas and a byte order mark: what Excel expects where the comma divides
    units from tenths. `csv` is the format for programs.
    """
    names = columns(classes, traced=traced)
    file.write(BYTE_ORDER_MARK)
    table = csv.writer(file, delimiter=";", lineterminator="\r\n")
    table.writerow([harmless(shown(name)) for name in names])

    def write(result: Result) -> None:
        cells = result.to_row() | {"path": harmless_path(shown(result.path))}
        table.writerow([_german(cells.get(name)) for name in names])

    return write


@contextmanager
def workbook(
    path: Path, classes: Iterable[str], *, traced: bool = False
) -> Iterator[Callable[[Result], None]]:
    """Open an Excel workbook that takes rows, and save it when the context ends.

    It is saved, too, when the context ends in an error: verdicts are never lost.

    Args:
        path: the file; its folder must exist.
        classes: those of the model.
        traced: with the columns that only inspections have.

    Raises:
        OkngError: the file cannot be written; Excel locks a workbook that is open in it.
    """
    _check_writable(path)
    # Rows go to a temporary file at once, so that memory does not grow with the photos.
    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), settings)
    try:
        yield _Sheets(book, columns(classes, traced=traced)).write
    finally:
        _save(book, path)


def _check_writable(path: Path) -> None:
    """Refuse before a photo is judged: Excel locks a workbook that is open in it."""
    try:
        path.open("ab").close()
    except OSError as exc:
        raise _locked(exc, path) from exc


def _save(book: Any, path: Path) -> None:
    try:
        book.close()
    except FileCreateError as exc:
        raise _locked(exc, path) from exc


def _locked(exc: Exception, path: Path) -> OkngError:
    return OkngError(
        f"The workbook cannot be written: {exc}",
        where=path,
        hint="Close it in Excel, or take another `output`.",
        code=Code.FILE_NOT_WRITABLE,
    )


class _Sheets:
    """Writes rows from top to bottom, to one sheet after the other."""

    def __init__(self, book: Any, names: list[str]) -> None:
        self._book, self._names, self._row = book, names, 0
        self._heading = book.add_format({"bold": True, "bottom": 1})
        self._formats = {
            word: book.add_format({"bg_color": colour}) for word, colour in _COLOURS.items()
        }
        self._open()

    def write(self, result: Result) -> None:
        """Add one row."""
        if self._row == SHEET_ROWS:
            self._open()
        self._row += 1
        values = result.to_row()
        for column, name in enumerate(self._names):
            self._put(column, name, values.get(name))

    def _open(self) -> None:
        self._sheet, self._row = self._book.add_worksheet(), 0
        for column, name in enumerate(self._names):
            self._sheet.set_column(column, column, _WIDTHS.get(name, 13))
            self._sheet.write_string(0, column, shown(name), self._heading)
        self._sheet.freeze_panes(1, 1)
        self._sheet.autofilter(0, 0, SHEET_ROWS, len(self._names) - 1)

    def _put(self, column: int, name: str, value: object) -> None:
        if isinstance(value, int | float):
            self._sheet.write_number(self._row, column, value)
        elif value is not None:
            style = self._formats.get(str(value)) if name == "verdict" else None
            self._sheet.write_string(self._row, column, shown(str(value)), style)


def _german(value: object) -> object:
    if isinstance(value, float):
        return repr(value).replace(".", ",")
    return harmless(shown(value)) if isinstance(value, str) else value
