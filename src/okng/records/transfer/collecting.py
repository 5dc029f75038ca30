"""Rows of a station's chain -> the database of a central server, with their places and hashes.

The same chain can be verified there as at the station. Rows that are there already are skipped, so
a repeat does no harm; rows that differ from them are refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, insert, select
from sqlalchemy.exc import SQLAlchemyError

from okng.errors import RecordsConflictError, RecordsRowsError
from okng.records.derived import derive
from okng.records.faults import from_database
from okng.records.outbox import ChainRow, Tombstone
from okng.records.reading import COLUMNS, row_of
from okng.records.rows import Link, columns
from okng.records.transfer.columns import TABLES
from okng.records.transfer.importing import following
from okng.records.writing.transaction import advance, head_of

MOST_ROWS = 500
"""Rows of one transaction, as the writer's."""
_TOMBSTONE = ("station", "table_name", "deletion_id")


class Collected(NamedTuple):
    """What a call has done.

    Attributes:
        head: of the chain, afterwards.
        added: rows that were not there before.
    """

    head: Link
    added: int


class Placed(NamedTuple):
    """A row as it travels.

    Attributes:
        table: `inspections`, `entries` or `tombstones`.
        seq: number of the row.
        hash: of the row, in hex.
        columns: the others.
    """

    table: str
    seq: int
    hash: str
    columns: Mapping[str, str | int | None]


def placed(station: str, row: ChainRow) -> Placed:
    """A row of a chain as it travels."""
    if isinstance(row.row, Tombstone):
        gone = {"station": station, "table_name": row.row.table_name,
                "deletion_id": row.row.deletion_id}  # fmt: skip
        return Placed(row.row.table, row.seq, row.hash, gone)
    values: dict[str, Any] = columns(row.row)
    return Placed(row.row.table, row.seq, row.hash, values)


def collect(engine: Engine, station: str, rows: Sequence[Placed]) -> Collected:
    """Add the rows of a chain that are not there.

    Args:
        engine: of the database, whose transactions take its lock at once.
        station: name of the chain.
        rows: in order of their numbers, without a gap.

    Raises:
        RecordsConflictError: there are other rows under these numbers, or rows before them are
            missing.
        RecordsRowsError: a row has another form, belongs to another station, or does not fit its
            hash.
        RecordsError: the database cannot be written.
    """
    for row in rows:
        _check_form(station, row)
    try:
        with engine.begin() as connection:
            return _collect(connection, station, rows)
    except (SQLAlchemyError, OSError) as exc:
        raise from_database(exc) from exc


def _collect(connection: Connection, station: str, rows: Sequence[Placed]) -> Collected:
    head = head_of(connection, station)
    known = [row for row in rows if row.seq <= head.seq]
    fresh = rows[len(known) :]
    if known and _hash_of(connection, station, known[-1].seq) != known[-1].hash:
        raise RecordsConflictError(
            f"There is another chain of {station}: row {known[-1].seq} differs",
            hint="Two stations with one name, or a station whose database was put back: give it "
            "another name.",
        )
    if fresh and fresh[0].seq != head.seq + 1:
        raise RecordsConflictError(
            f"Row {head.seq + 1} of {station} comes next, not {fresh[0].seq}",
            hint="Ask for the head of the chain, and send what is behind it.",
        )
    for row in fresh:
        values = dict(row.columns) | {"seq": row.seq, "hash": row.hash}
        head = following(head, row.table, station, values)
        connection.execute(insert(TABLES[row.table]), values)
    derive(connection, [row_of(each.table, each.columns) for each in fresh
                        if each.table in COLUMNS])  # fmt: skip
    advance(connection, [head])
    return Collected(head, len(fresh))


def _check_form(station: str, row: Placed) -> None:
    """Refuse what no station would write, before it reaches the database."""
    names = COLUMNS.get(row.table, _TOMBSTONE)
    if row.table not in TABLES or row.columns.keys() != set(names):
        raise RecordsRowsError(
            f"Row {row.seq} has other columns than this version",
            allowed=", ".join(names), hint="Update the older of both, station or server.",
        )  # fmt: skip
    if row.columns["station"] != station:
        raise RecordsRowsError(
            f"Row {row.seq} belongs to another station", allowed=station,
            hint="Send each chain to the address of its station.",
        )  # fmt: skip
    texts = (each for each in row.columns.values() if isinstance(each, str))
    if any("\0" in text for text in texts):
        raise RecordsRowsError(f"Row {row.seq} holds a NUL character", hint="Verify the station.")


def _hash_of(connection: Connection, station: str, seq: int) -> str | None:
    for table in TABLES.values():
        if (known := _hash_in(connection, table, station, seq)) is not None:
            return known
    return None


def _hash_in(connection: Connection, table: Table, station: str, seq: int) -> str | None:
    own = (table.c.station == station) & (table.c.seq == seq)
    known: str | None = connection.execute(select(table.c.hash).where(own)).scalar()
    return known
