"""Rows of one chain in order of their numbers, a window of numbers at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import Select, Table, select

from okng.records.queries.pages import Read
from okng.records.reading import row_of
from okng.records.rows import Row
from okng.records.tables import chain_heads, entries, inspections, tombstones


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What a rule of retention has left of a row.

    Attributes:
        table_name: in which the row was.
        deletion_id: entry of the deletion.
    """

    table_name: str
    deletion_id: str

    table = "tombstones"
    id = ""
    time_us = 0


class ChainRow(NamedTuple):
    """A row with its place in the chain.

    Attributes:
        seq: number of the row, from 1.
        hash: SHA-256 over the row and the hash before it, in hex.
        row: as it was appended, or what is left of it.
    """

    seq: int
    hash: str
    row: Row | Tombstone


class ChainPage(NamedTuple):
    """A window of a chain.

    Attributes:
        rows: in their order.
        begin: the window holds the rows behind this number.
        end: up to this one.
    """

    rows: Sequence[ChainRow]
    begin: int
    end: int


def head_seq(read: Read, station: str) -> int:
    """Number of the last row of a chain; 0 without one."""
    rows = read(select(chain_heads.c.seq).where(chain_heads.c.station == station))
    return int(rows[0].seq) if rows else 0


def chain_page(read: Read, station: str, begin: int, limit: int, head: int) -> ChainPage:
    """The rows behind a number.

    Args:
        read: runs queries.
        station: name of the chain.
        begin: number of the last row that is not wanted.
        limit: width of the window, in numbers.
        head: number of a row that is committed. Rows of both tables up to it are committed, too,
            as a chain grows by one transaction at a time; rows behind it may be in one table of
            the two when it is read, and be passed over in the other.
    """
    end = min(begin + limit, head)
    rows = _window(read, inspections, station, begin, end)
    if len(rows) < end - begin:  # each number belongs to one row: no entry is among so many
        rows = _ordered([*rows, *_window(read, entries, station, begin, end)])
    if len(rows) < end - begin:
        rows = _ordered([*rows, *_window(read, tombstones, station, begin, end)])
    if len(rows) < end - begin:
        # No number is left out of a chain: the head was not committed, or rows were taken away.
        end = min(end, head_seq(read, station))
        rows = [row for row in rows if row.seq <= end]
    return ChainPage(rows, begin, end)


def rows_of(read: Read, station: str, numbers: Collection[int]) -> list[ChainRow]:
    """Single rows of a chain, in order; those that were deleted are not among them."""
    return _ordered(
        _chain_row(table, row)
        for table in (inspections, entries)
        for row in read(_own(table, station).where(table.c.seq.in_(numbers)))
    )


def _ordered(rows: Iterable[ChainRow]) -> list[ChainRow]:
    return sorted(rows, key=lambda row: row.seq)


def _window(read: Read, table: Table, station: str, begin: int, end: int) -> list[ChainRow]:
    query = _own(table, station).where(table.c.seq > begin, table.c.seq <= end)
    return [_chain_row(table, row) for row in read(query.order_by(table.c.seq))]


def _own(table: Table, station: str) -> Select[Any]:
    return select(table).where(table.c.station == station)


def _chain_row(table: Table, row: DatabaseRow[Any]) -> ChainRow:
    if table is tombstones:
        return ChainRow(row.seq, row.hash, Tombstone(row.table_name, row.deletion_id))
    return ChainRow(row.seq, row.hash, row_of(table.name, row._asdict()))
