"""Export of records into a folder: one table per file, as CSV or Parquet.

An export of everything can be imported into another database, where its chains verify. One of a
period is for other programs and cannot.
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Table, select

from okng.error_codes import Code
from okng.errors import OkngError, RecordsError
from okng.files import whole_file, write_atomic
from okng.records.migrations import REVISIONS
from okng.records.proof.heads import CURRENT, PERMANENT
from okng.records.transfer.backup import reading
from okng.records.transfer.cells import to_cell
from okng.records.transfer.columns import TABLES, names_of, readable, whole_numbers

PAGE = 10_000
"""Rows that are in memory at once."""
MANIFEST = "export.json"


class ExportFormat(StrEnum):
    """Of the tables of an export."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds; also its `export.json`.

    Attributes:
        form: `csv` or `parquet`.
        schema: revision of the tables.
        whole: whether it holds all rows, so that it can be imported.
        rows: table -> rows.
        digests: file -> SHA-256.
    """

    form: ExportFormat
    schema: str
    whole: bool
    rows: Mapping[str, int]
    digests: Mapping[str, str]


class _File(Protocol):
    def add(self, rows: list[dict[str, Any]]) -> None:
        """Write rows."""


def export(
    connection: Connection,
    folder: Path,
    form: ExportFormat = ExportFormat.CSV,
    *,
    since_us: int | None = None,
    until_us: int | None = None,
    station: str | None = None,
    heads: Path | None = None,
) -> Exported:
    """Write the records into a folder.

    Args:
        connection: to the database; its transaction must see one state of the rows.
        folder: new or empty.
        form: of the tables.
        since_us: only what happened from then on, in microseconds since 1970, UTC.
        until_us: only what happened before then.
        station: only this one.
        heads: folder of signed heads, which go with an export of everything.

    Raises:
        RecordsError: the folder holds files.
        OkngError: it cannot be written, or pyarrow is not installed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise RecordsError(
            "The folder for the export is not empty", where=folder, hint="Take a new folder.",
            code=Code.FILE_EXISTS,
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    whole = since_us is None and until_us is None
    names = list(TABLES) if whole else ["inspections", "entries"]
    counts = {}
    for name in names:
        rows = _rows(connection, TABLES[name], since_us, until_us, station)
        counts[name] = _write(folder / f"{name}.{form.value}", name, form, rows)
    if whole and heads is not None:
        for file in (heads / PERMANENT, heads / CURRENT):
            if file.exists():
                shutil.copy(file, folder / file.name)
    files = sorted(file for file in folder.iterdir() if file.is_file())
    result = Exported(form, REVISIONS[-1], whole, counts,
                      {file.name: digest_of(file) for file in files})  # fmt: skip
    write_atomic(folder / MANIFEST, json.dumps(asdict(result), indent=2) + "\n")
    return result


def export_database(
    database: str | Path, folder: Path, form: ExportFormat, *,
    since_us: int | None = None, until_us: int | None = None, heads: Path | None = None,
) -> Exported:  # fmt: skip
    """`export` of a file or URL, as it is at this moment."""
    with reading(database) as connection:
        return export(connection, folder, form, since_us=since_us, until_us=until_us, heads=heads)


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _rows(
    connection: Connection, table: Table, since: int | None, until: int | None, station: str | None
) -> Iterator[list[dict[str, Any]]]:
    """Pages of rows, by station and number."""
    names = [station] if station is not None else connection.execute(
        select(table.c.station).distinct().order_by(table.c.station)
    ).scalars()  # fmt: skip
    for name in list(names):
        after = 0
        while True:
            query = select(table).where(table.c.station == name, table.c.seq > after)
            if since is not None:
                query = query.where(table.c.time_us >= since)
            if until is not None:
                query = query.where(table.c.time_us < until)
            limited = query.order_by(table.c.seq).limit(PAGE)
            page = [dict(row) for row in connection.execute(limited).mappings()]
            if not page:
                break
            yield [readable(table.name, row) | row for row in page]
            after = page[-1]["seq"]


def _write(
    path: Path, table: str, form: ExportFormat, pages: Iterator[list[dict[str, Any]]]
) -> int:
    count = 0
    with ExitStack() as stack:
        temporary = stack.enter_context(whole_file(path))
        make = _Csv if form is ExportFormat.CSV else _Parquet
        file: _File = make(stack, temporary, table)
        for page in pages:
            file.add(page)
            count += len(page)
    return count


class _Csv:
    def __init__(self, stack: ExitStack, path: Path, table: str) -> None:
        # Excel takes a file for UTF-8 by these three bytes only.
        stream = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
        self._writer = csv.writer(stream)
        self._names = names_of(table)
        self._writer.writerow(self._names)

    def add(self, rows: list[dict[str, Any]]) -> None:
        self._writer.writerows([to_cell(row[name]) for name in self._names] for row in rows)


class _Parquet:
    def __init__(self, stack: ExitStack, path: Path, table: str) -> None:
        try:
            import pyarrow as pa  # noqa: PLC0415 - an extra
            import pyarrow.parquet as pq  # noqa: PLC0415
        except ModuleNotFoundError as exc:
            raise OkngError(
                "Parquet needs the package pyarrow, which is not installed",
                hint="pip install pyarrow, or export as CSV",
                code=Code.LIBRARY_MISSING,
            ) from exc
        numbers = whole_numbers(table)
        floats = {"defect_score", "threshold", "unfamiliarity"}
        self._schema: Any = pa.schema([
            (name, pa.int64() if name in numbers else
             pa.float64() if name in floats else pa.string())
            for name in names_of(table)
        ])  # fmt: skip
        self._table: Any = pa.Table
        self._writer: Any = stack.enter_context(pq.ParquetWriter(path, self._schema))

    def add(self, rows: list[dict[str, Any]]) -> None:
        self._writer.write_table(self._table.from_pylist(rows, schema=self._schema))
