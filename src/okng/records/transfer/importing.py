"""Import of an export: rows keep their places and hashes, so that the chains verify as before.

Each row is checked against the hash of the row before it, before it is written. A chain that the
database has already is continued, if the export holds the same row at its end.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, insert

from okng.error_codes import Code
from okng.errors import OkngError, RecordsConflictError, RecordsError, RecordsRowsError
from okng.records import chain
from okng.records.derived import derive
from okng.records.migrations import REVISIONS
from okng.records.reading import COLUMNS, row_of
from okng.records.rows import Link
from okng.records.transfer.cells import from_cell
from okng.records.transfer.columns import READABLE, TABLES, whole_numbers
from okng.records.transfer.export import MANIFEST, ExportFormat, digest_of
from okng.records.writing.transaction import advance, head_of

BATCH = 500
"""Rows of one transaction, as the writer's."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote.

    Attributes:
        rows: that were written, tombstones included.
        known: that were there already.
        stations: names of the chains.
    """

    rows: int
    known: int
    stations: tuple[str, ...]


class _Place(NamedTuple):
    station: str
    seq: int
    table: str
    row: dict[str, Any]


def import_export(engine: Engine, folder: Path) -> Imported:
    """Write an export of everything into a database.

    Args:
        engine: of the database, whose transactions take its lock at once; no station writes the
            same chains meanwhile.
        folder: of the export.

    Raises:
        RecordsError: the folder is no whole export, was changed, or its chain is broken; what was
            written before the bad row stays, and the same import goes on behind it.
        RecordsConflictError: the database holds other rows of such a chain.
    """
    form = _checked(folder)
    rows = known = 0
    names = []
    for station, places in groupby(_places(folder, form), key=lambda place: place.station):
        names.append(station)
        while batch := list(islice(places, BATCH)):
            with engine.begin() as connection:
                fresh = _write(connection, station, batch)
            rows, known = rows + fresh, known + len(batch) - fresh
    return Imported(rows, known, tuple(names))


def _write(connection: Connection, station: str, batch: list[_Place]) -> int:
    """Write the rows of a batch that stand behind the head of the chain."""
    head = head_of(connection, station)
    fresh = 0
    for place in batch:
        if place.seq <= head.seq:
            if place.seq == head.seq and place.row["hash"] != head.hash:
                raise _other_chain(station, place.seq)
            continue
        head = following(head, place.table, station, place.row)
        connection.execute(insert(TABLES[place.table]), place.row)
        fresh += 1
    written = [p for p in batch[len(batch) - fresh :] if p.table in COLUMNS]
    derive(connection, [row_of(place.table, place.row) for place in written])
    advance(connection, [head])
    return fresh


def following(head: Link, table: str, station: str, row: Mapping[str, Any]) -> Link:
    """The link of a row, which must follow the head.

    Raises:
        RecordsRowsError: it does not: its hash is not that of its values behind the head.
    """
    row_hash, seq = str(row["hash"]), int(row["seq"])
    if table in COLUMNS:
        values = {name: row[name] for name in COLUMNS[table]}
        computed = chain.digest(table, values, head)
    else:
        computed = row_hash  # of a deleted row; the next row's hash depends on it
    if seq != head.seq + 1 or computed != row_hash:
        raise RecordsRowsError(
            f"The chain breaks at row {head.seq + 1} of {station}",
            hint="Verify the database that it comes from; export or send it again.",
            code=Code.RECORDS_DAMAGED,
        )
    return Link(station, seq, row_hash)


def _places(folder: Path, form: ExportFormat) -> Iterator[_Place]:
    """Rows of all tables, by station and number."""
    return merge(*(_places_of(folder, form, name) for name in TABLES), key=lambda p: (p[0], p[1]))


def _places_of(folder: Path, form: ExportFormat, table: str) -> Iterator[_Place]:
    path = folder / f"{table}.{form.value}"
    read = _from_csv if form is ExportFormat.CSV else _from_parquet
    for row in read(path, table):
        for name in READABLE:
            row.pop(name, None)
        yield _Place(row["station"], row["seq"], table, row)


def _from_csv(path: Path, table: str) -> Iterator[dict[str, Any]]:
    numbers = whole_numbers(table)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for cells in csv.DictReader(stream):
            row: dict[str, Any] = {name: from_cell(cell) for name, cell in cells.items()}
            for name in numbers:
                if row[name] is not None:
                    row[name] = int(row[name])
            yield row


def _from_parquet(path: Path, _table: str) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            yield from batch.to_pylist()


def _checked(folder: Path) -> ExportFormat:
    """The form of a whole export whose files are as they were written."""
    try:
        document = json.loads((folder / MANIFEST).read_text("utf-8"))
        digests = dict(document["digests"])
        form, whole, schema = ExportFormat(document["form"]), document["whole"], document["schema"]
        changed = [name for name, digest in digests.items() if digest_of(folder / name) != digest]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise _unusable(folder, f"This is no export of records: {exc}") from exc
    if changed:
        raise _unusable(folder, f"Files of the export were changed: {', '.join(changed)}")
    if schema not in REVISIONS:
        raise _unusable(folder, f"The export has the schema {schema}", Code.RECORDS_SCHEMA)
    if not whole:
        raise _unusable(folder, "The export is of a period, so its chain has no begin")
    return form


def _unusable(folder: Path, what: str, code: Code = Code.RECORDS_DAMAGED) -> OkngError:
    return RecordsError(
        what, where=folder, allowed="a folder of `okng records export` without a period",
        hint="Export everything again.", code=code,
    )  # fmt: skip


def _other_chain(station: str, seq: int) -> RecordsConflictError:
    return RecordsConflictError(
        f"The database holds another chain of {station}: row {seq} differs",
        hint="Import into a new database.",
    )
