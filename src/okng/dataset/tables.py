"""A manifest that the user wrote: path, label, and perhaps group and split of each photo."""

import csv
from pathlib import Path
from typing import Any

from okng.dataset.records import SPLITS, Photo
from okng.errors import DatasetError

_SHOWN = 10


def read_table(file: Path) -> list[Photo]:
    """Read a CSV or Parquet manifest; paths are relative to its folder.

    Raises:
        DatasetError: not a table, columns or values missing, unknown splits, absent files; all
            faults at once.
    """
    rows = _parquet(file) if file.suffix.lower() == ".parquet" else _csv(file)
    if not rows or not {"path", "label"} <= set(rows[0]):
        raise DatasetError(
            "The manifest lacks the columns path and label, or has no row",
            where=file,
            allowed="a CSV or Parquet table with path,label[,group,split]",
            hint="Write these names into the first line.",
        )
    faults = [fault for number, row in enumerate(rows, 2) for fault in _faults(number, row, file)]
    if faults:
        more = f"\n  - and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        listed = "".join(f"\n  - {fault}" for fault in faults[:_SHOWN])
        raise DatasetError(
            f"The manifest has {len(faults)} faults:{listed}{more}",
            where=file,
            hint="Correct these lines.",
        )
    return [_photo(row) for row in rows]


def _csv(file: Path) -> list[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise DatasetError(
            f"The manifest cannot be read as a CSV table: {exc}",
            where=file,
            hint="Save it as CSV in UTF-8, or give a folder.",
        ) from exc


def _parquet(file: Path) -> list[dict[str, Any]]:
    try:
        import pandas as pd  # noqa: PLC0415 - heavy, and in an extra
    except ModuleNotFoundError as exc:
        raise DatasetError(
            "Reading Parquet needs pandas",
            where=file,
            hint="pip install 'okng[evaluate]', or save the table as CSV.",
        ) from exc
    try:
        table = pd.read_parquet(file).fillna("").astype(str)
    except (OSError, ValueError) as exc:
        raise DatasetError(
            f"The manifest cannot be read as Parquet: {exc}", where=file, hint="Check the file."
        ) from exc
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _faults(number: int, row: dict[str, Any], file: Path) -> list[str]:
    found = []
    if not row.get("path"):
        found.append(f"line {number}: no path")
    elif not (file.parent / row["path"]).is_file():
        found.append(f"line {number}: there is no file {row['path']}")
    if not row.get("label"):
        found.append(f"line {number}: no label")
    if row.get("split") and row["split"] not in SPLITS:
        found.append(f"line {number}: split {row['split']!r} is none of {', '.join(SPLITS)}")
    return found


def _photo(row: dict[str, Any]) -> Photo:
    path = Path(row["path"]).as_posix()
    return Photo(path, row["label"], "", row.get("group") or "", row.get("split") or "")
