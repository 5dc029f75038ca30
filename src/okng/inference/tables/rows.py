"""Verdicts and inspections as rows: CSV for spreadsheets, JSON lines for programs."""

import csv
import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from okng.inference.inspection import TRACE, Inspection
from okng.text import harmless, harmless_path, shown
from okng.verdict import Verdict

Result = Verdict | Inspection
"""What a row is made of. That of an inspection has further columns, behind those of its verdict."""


def columns(classes: Iterable[str], *, traced: bool = False) -> list[str]:
    """The columns of a table, for the classes of a model.

    Args:
        classes: those of the model.
        traced: with the columns that only inspections have.
    """
    fixed = ["path", "verdict", "defect_score", "class", "threshold", "error"]
    names = fixed + [f"p_{name}" for name in classes] + ["unfamiliarity", "reason"]
    return names + list(TRACE) * traced


def csv_writer(
    file: TextIO, classes: Iterable[str], *, traced: bool = False
) -> Callable[[Result], None]:
    """Write the header now, and each row when its verdict or inspection is handed over.

    No cell is run by a spreadsheet: a path that begins like a formula is written as `./=1.jpg`,
    which opens the same file, and another text has an apostrophe before it. On a terminal control
    characters are escaped.
    """
    names = columns(classes, traced=traced)
    seen = shown if file.isatty() else str
    write_cells(file, [harmless(seen(name)) for name in names])

    def write(result: Result) -> None:
        cells = result.to_row() | {"path": harmless_path(result.path)}
        values = [cells.get(name) for name in names]
        write_cells(file, [harmless(seen(v)) if isinstance(v, str) else v for v in values])

    return write


def write_cells(file: TextIO, cells: list[Any]) -> None:
    """Write one row of a CSV file; cells are harmless already."""
    # The csv module forgets to quote a bare carriage return, which ends a line for a reader.
    odd = any(isinstance(cell, str) and "\r" in cell for cell in cells)
    csv.writer(
        file, lineterminator="\n", quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL
    ).writerow(cells)


def jsonl_writer(file: TextIO) -> Callable[[Result], None]:
    """Write each verdict or inspection as one line of JSON when it is handed over.

    Where the file is no UTF-8, other letters than ASCII are spelt as JSON spells them.
    """
    plain = (getattr(file, "encoding", None) or "utf-8").lower().replace("-", "") != "utf8"

    def write(result: Result) -> None:
        line = json.dumps(result.to_row(), ensure_ascii=plain)
        file.write((shown(line) if file.isatty() else line) + "\n")

    return write
