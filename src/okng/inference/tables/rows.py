"""Verdicts as rows: CSV for spreadsheets, JSON lines for programs."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from okng.text import harmless, harmless_path, shown
from okng.verdict import Verdict


def row(verdict: Verdict) -> dict[str, Any]:
    """One verdict as plain values; what an ERROR does not have is None."""
    score = None if math.isnan(verdict.defect_score) else verdict.defect_score
    return {
        "path": verdict.path,
        "verdict": verdict.verdict.value,
        "defect_score": score,
        "class": verdict.class_name or None,
        "threshold": verdict.threshold,
        "error": verdict.error or None,
        **{f"p_{name}": value for name, value in verdict.probabilities.items()},
        "unfamiliarity": None if math.isnan(verdict.unfamiliarity) else verdict.unfamiliarity,
        "reason": verdict.reason or None,
    }


def columns(classes: Iterable[str]) -> list[str]:
    """The columns of a table of verdicts, for the classes of a model."""
    fixed = ["path", "verdict", "defect_score", "class", "threshold", "error"]
    return fixed + [f"p_{name}" for name in classes] + ["unfamiliarity", "reason"]


def csv_writer(file: TextIO, classes: Iterable[str]) -> Callable[[Verdict], None]:
    """Write the header now, and each verdict when it is handed over.

    No cell is run by a spreadsheet: a path that begins like a formula is written as `./=1.jpg`,
    which opens the same file, and another text has an apostrophe before it. On a terminal control
    characters are escaped.
    """
    names = columns(classes)
    seen = shown if file.isatty() else str
    _write_cells(file, [harmless(seen(name)) for name in names])

    def write(verdict: Verdict) -> None:
        cells = row(verdict) | {"path": harmless_path(verdict.path)}
        values = [cells.get(name) for name in names]
        _write_cells(file, [harmless(seen(v)) if isinstance(v, str) else v for v in values])

    return write


def _write_cells(file: TextIO, cells: list[Any]) -> None:
    # The csv module forgets to quote a bare carriage return, which ends a line for a reader.
    odd = any(isinstance(cell, str) and "\r" in cell for cell in cells)
    csv.writer(
        file, lineterminator="\n", quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL
    ).writerow(cells)


def jsonl_writer(file: TextIO) -> Callable[[Verdict], None]:
    """Write each verdict as one line of JSON when it is handed over.

    Where the file is no UTF-8, other letters than ASCII are spelt as JSON spells them.
    """
    plain = (getattr(file, "encoding", None) or "utf-8").lower().replace("-", "") != "utf8"

    def write(verdict: Verdict) -> None:
        line = json.dumps(row(verdict), ensure_ascii=plain)
        file.write((shown(line) if file.isatty() else line) + "\n")

    return write


def as_csv(verdicts: Iterable[Verdict], classes: Iterable[str]) -> str:
    """All verdicts as the text of a CSV file."""
    text = io.StringIO()
    write = csv_writer(text, classes)
    for verdict in verdicts:
        write(verdict)
    return text.getvalue()
