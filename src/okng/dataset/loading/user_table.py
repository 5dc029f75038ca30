"""Reads a user's manifest: path, label, optionally group and split, and any other columns."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from okng.dataset.naming import clean_label
from okng.dataset.reading.locating import Locator
from okng.dataset.reading.table_text import Row, TableText, read_csv_text
from okng.dataset.records import SPLITS, Photo, source_of
from okng.dataset.tree.scanning import is_photo_name
from okng.dataset.tree.splits import split_of
from okng.error_codes import Code
from okng.errors import DatasetError

NEEDED = ("path", "label")
_KNOWN = (*NEEDED, "sha256", "group", "split", "group_source")
_OWN = ("path", "sha256", "label", "group", "split")
"""The first columns of a manifest that okng wrote."""
_SHOWN = 10  # faults that an error lists
_ALIASES = {
    "path": ("file", "filename", "file_name", "filepath", "image", "image_path", "img", "photo",
             "name", "picture", "datei", "bild", "pfad"),
    "label": ("class", "class_name", "category", "target", "verdict", "result", "type", "y",
              "klasse", "ergebnis"),
}  # fmt: skip


class _Line(NamedTuple):
    """A row of the table.

    Attributes:
        number: line of the file, from 1.
        row: its cells.
        path: path of the named file, spelt as on the disk; None if there is no such file.
    """

    number: int
    row: Row
    path: str | None


def read_table(file: Path) -> list[Photo]:
    """Read a CSV or Parquet manifest; paths are relative to its folder.

    Raises:
        DatasetError: not a table, columns or values missing, unknown splits, a photo twice, absent
            files; all faults at once.
    """
    table = _read(file)
    locator = Locator(file.parent)
    lines = list(_lines(table, locator))
    faults = _missing_columns(table)
    if not lines:
        faults.append("there is no row")
    for line in lines:
        faults += [f"line {line.number}: {fault}" for fault in _faults(line)]
    faults += _repetitions(lines)
    if faults:
        absent = [line.row["path"] for line in lines if line.row.get("path") and not line.path]
        raise _unusable(file, faults, locator.hint(absent[0]) if absent else "")
    return [_photo(line, own=tuple(table.columns[:5]) == _OWN) for line in lines]


def read_columns(file: Path) -> dict[str, dict[str, str]]:
    """Every column of a usable manifest: name -> path of a photo -> value."""
    table = _read(file)
    lines = list(_lines(table, Locator(file.parent)))
    return {
        name: {line.path: line.row.get(name, "") or "" for line in lines if line.path}
        for name in table.columns
    }


def _read(file: Path) -> TableText:
    """The table; the names of columns that okng uses are in lower case."""
    table = _parquet(file) if file.suffix.lower() == ".parquet" else read_csv_text(file)
    names = {
        column: column.lower()
        for column in table.columns
        if column.lower() in _KNOWN and column.lower() not in table.columns
    }
    rows = [{names.get(k, k): v for k, v in row.items()} for row in table.rows]
    return TableText([names.get(c, c) for c in table.columns], rows, table.numbers)


def _parquet(file: Path) -> TableText:
    try:
        import pandas as pd  # noqa: PLC0415 - heavy, and in an extra

        table = pd.read_parquet(file)
    except ImportError as exc:
        raise DatasetError(
            "Reading Parquet needs pandas and pyarrow",
            where=file,
            hint="pip install 'okng[evaluate]', or save the table as CSV.",
            code=Code.LIBRARY_MISSING,
        ) from exc
    except (OSError, ValueError) as exc:
        raise DatasetError(
            f"The manifest cannot be read as Parquet: {exc}",
            where=file,
            hint="Check the file.",
            code=Code.MANIFEST_UNREADABLE,
        ) from exc
    # Through object, as a column of numbers cannot hold the empty text of a missing value.
    texts = table.astype(object).where(table.notna(), "").astype(str)
    columns = [str(name) for name in texts.columns]
    rows = [dict(zip(columns, row, strict=True)) for row in texts.to_numpy().tolist()]
    return TableText(columns, rows, list(range(2, len(rows) + 2)))


def _lines(table: TableText, locator: Locator) -> Iterator[_Line]:
    for number, row in zip(table.numbers, table.rows, strict=True):
        plain = row | {name: row[name].strip() for name in _KNOWN if name in row}
        cell = plain.get("path", "")
        yield _Line(number, plain, locator.find(cell) if cell else None)


def _missing_columns(table: TableText) -> list[str]:
    missing = [name for name in NEEDED if name not in table.columns]
    if not missing:
        return []
    if any(is_photo_name(name) for name in table.columns):
        return ["line 1 holds a photo, not the names of the columns: put the line path,label first"]
    faults = [f"there is no column {name}{_likely(name, table.columns)}" for name in missing]
    return [*faults, f"the columns are {', '.join(map(repr, table.columns)) or '(none)'}"]


def _likely(wanted: str, columns: list[str]) -> str:
    """A hint on the column that is probably meant, or an empty text."""
    plain = {name.strip().lower().replace(" ", "_"): name for name in columns}
    near = [name for name in _ALIASES[wanted] if name in plain] or difflib.get_close_matches(
        wanted, plain, n=1
    )
    return f" (rename {plain[near[0]]!r} to {wanted}?)" if near else ""


def _unusable(file: Path, faults: list[str], hint: str) -> DatasetError:
    more = f"\n  - and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    listed = "".join(f"\n  - {fault}" for fault in faults[:_SHOWN])
    return DatasetError(
        f"The manifest cannot be used (faults: {len(faults)}):{listed}{more}",
        where=file,
        allowed="a CSV or Parquet table with the columns path,label[,group,split]; paths are "
        f"relative to its folder, and the splits are {', '.join(SPLITS)}",
        hint=f"Correct these lines; line 1 holds the names of the columns.{hint}",
        code=Code.MANIFEST_INVALID,
    )


def _faults(line: _Line) -> Iterator[str]:
    row = line.row
    for name in NEEDED:
        if name in row and not row[name]:
            yield f"no {name}"
    if row.get("path") and line.path is None:
        yield f"there is no file {row['path']}"
    if row.get("split") and split_of(row["split"]) is None:
        yield f"unknown split {row['split']!r}"


def _repetitions(lines: list[_Line]) -> Iterator[str]:
    first: dict[str, int] = {}
    for line in lines:
        path = line.path or Path(line.row.get("path", "")).as_posix()
        if line.row.get("path") and first.setdefault(path, line.number) != line.number:
            yield f"line {line.number}: {path} is already in line {first[path]}"


def _photo(line: _Line, *, own: bool) -> Photo:
    row = line.row
    split = split_of(row.get("split", "")) or ""
    facts = tuple((name, value) for name, value in row.items() if name not in _KNOWN)
    group = row.get("group", "")
    return Photo(
        line.path or row["path"],
        clean_label(row["label"]),
        group=group,
        split=split,
        facts=facts,
        group_source=source_of(group, row.get("group_source", "") if own else "", own=own),
    )
