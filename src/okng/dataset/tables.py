"""A manifest that the user wrote: path, label, perhaps group and split, and any other column."""

import csv
from collections.abc import Iterator
from pathlib import Path

from okng.dataset.records import SPLIT_NAMES, SPLITS, Photo
from okng.errors import DatasetError

Row = dict[str, str]
NEEDED = ("path", "label")
_KNOWN = (*NEEDED, "sha256", "group", "split")
_SHOWN = 10


def read_table(file: Path) -> list[Photo]:
    """Read a CSV or Parquet manifest; paths are relative to its folder.

    Raises:
        DatasetError: not a table, columns or values missing, unknown splits, a photo twice, absent
            files; all faults at once.
    """
    columns, rows = _parquet(file) if file.suffix.lower() == ".parquet" else _csv(file)
    faults = [f"there is no column {name}" for name in NEEDED if name not in columns]
    if not rows:
        faults.append("there is no row")
    for number, row in enumerate(rows, 2):
        faults += [f"line {number}: {fault}" for fault in _faults(row, file.parent)]
    faults += _repetitions(rows)
    if faults:
        more = f"\n  - and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        listed = "".join(f"\n  - {fault}" for fault in faults[:_SHOWN])
        raise DatasetError(
            f"The manifest cannot be used (faults: {len(faults)}):{listed}{more}",
            where=file,
            allowed="a CSV or Parquet table with the columns path,label[,group,split]; the splits "
            f"are {', '.join(SPLITS)}",
            hint="Correct these lines; line 1 holds the names of the columns.",
        )
    return [_photo(row) for row in rows]


def read_columns(file: Path) -> dict[str, dict[str, str]]:
    """Every column of a manifest that can be used: name -> path of a photo -> value."""
    names, rows = _parquet(file) if file.suffix.lower() == ".parquet" else _csv(file)
    return {
        name: {Path(row["path"]).as_posix(): row.get(name, "") or "" for row in rows}
        for name in names
    }


def _csv(file: Path) -> tuple[list[str], list[Row]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, restval="")
            rows = [{key: row[key] for key in row if key is not None} for row in reader]
            return list(reader.fieldnames or ()), rows
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise DatasetError(
            f"The manifest cannot be read as a CSV table: {exc}",
            where=file,
            hint="Save it as CSV in UTF-8, or give a folder.",
        ) from exc


def _parquet(file: Path) -> tuple[list[str], list[Row]]:
    try:
        import pandas as pd  # noqa: PLC0415 - heavy, and in an extra

        table = pd.read_parquet(file)
    except ImportError as exc:
        raise DatasetError(
            "Reading Parquet needs pandas and pyarrow",
            where=file,
            hint="pip install 'okng[evaluate]', or save the table as CSV.",
        ) from exc
    except (OSError, ValueError) as exc:
        raise DatasetError(
            f"The manifest cannot be read as Parquet: {exc}", where=file, hint="Check the file."
        ) from exc
    texts = table.astype(object).where(table.notna(), "").astype(str)
    columns = [str(name) for name in texts.columns]
    return columns, [dict(zip(columns, row, strict=True)) for row in texts.to_numpy().tolist()]


def _faults(row: Row, root: Path) -> Iterator[str]:
    for name in NEEDED:
        if name in row and not row[name]:
            yield f"no {name}"
    if row.get("path") and not (root / row["path"]).is_file():
        yield f"there is no file {row['path']}"
    if row.get("split") and row["split"].lower() not in SPLIT_NAMES:
        yield f"unknown split {row['split']!r}"


def _repetitions(rows: list[Row]) -> Iterator[str]:
    first: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        path = Path(row.get("path", "")).as_posix()
        if row.get("path") and first.setdefault(path, number) != number:
            yield f"line {number}: {path} stands in line {first[path]} already"


def _photo(row: Row) -> Photo:
    split = SPLIT_NAMES[row["split"].lower()] if row.get("split") else ""
    facts = tuple((name, value) for name, value in row.items() if name not in _KNOWN)
    path = Path(row["path"]).as_posix()
    return Photo(path, row["label"], "", row.get("group", ""), split, facts)
