"""One transaction: rows get their places in the chains of their stations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from okng.records import chain
from okng.records.derived import derive
from okng.records.derived.upserts import insert_missing
from okng.records.rows import InspectionRow, Link, Row, columns
from okng.records.tables import chain_heads, entries, inspections

_TABLES = {"inspections": inspections, "entries": entries}
# Built once, as they are part of every commit.
_INSERT = {name: insert(table) for name, table in _TABLES.items()}
_OWN = chain_heads.c.station == bindparam("name")
_HEAD = select(chain_heads).where(_OWN).with_for_update()
_ADVANCE = update(chain_heads).where(_OWN).values(seq=bindparam("to"), hash=bindparam("as"))


def insert_rows(connection: Connection, rows: Sequence[Row]) -> list[Link]:
    """Insert rows behind the last ones of their chains.

    Returns:
        The link of each row.
    """
    # In one order, so that two processes never wait for each other.
    heads = {name: head_of(connection, name) for name in sorted({row.station for row in rows})}
    links: list[Link] = []
    values: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        link = heads[row.station] = chain.linked(row, heads[row.station])
        links.append(link)
        values[row.table].append(columns(row) | {"seq": link.seq, "hash": link.hash})
    for table, each in values.items():
        connection.execute(_INSERT[table], each)
    derive(connection, rows)
    advance(connection, heads.values())
    return links


def not_yet_written(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """Rows of a spool that a transaction before has not written, ready to be inserted.

    A part may have been inspected under the same idempotency key while the database was down, when
    no key could be read. Both verdicts were answered, so both are written: the later one without
    the key, which must be unique.
    """
    known: set[str] = set()
    for name, table in _TABLES.items():
        wanted = [row.id for row in rows if row.table == name]
        known |= set(connection.execute(select(table.c.id).where(table.c.id.in_(wanted))).scalars())
    columns_ = inspections.c
    keys = {(r.station, r.idempotency_key) for r in rows if isinstance(r, InspectionRow)}
    query = select(columns_.station, columns_.idempotency_key)
    query = query.where(columns_.idempotency_key.in_({key for _, key in keys if key is not None}))
    used = {(row.station, row.idempotency_key) for row in connection.execute(query)}
    fresh: list[Row] = []
    for row in rows:
        if row.id in known:
            continue
        if isinstance(row, InspectionRow) and row.idempotency_key is not None:
            key = row.station, row.idempotency_key
            fresh.append(replace(row, idempotency_key=None) if key in used else row)
            used.add(key)
        else:
            fresh.append(row)
    return fresh


def head_of(connection: Connection, station: str) -> Link:
    """The last link of a chain; on PostgreSQL its row is locked until the transaction ends."""
    row = connection.execute(_HEAD, {"name": station}).one_or_none()
    if row is not None:
        return Link(row.station, row.seq, row.hash)
    # Another process may begin this chain in the same moment; then its row is the one to wait for.
    insert_missing(connection, chain_heads, chain.first(station)._asdict())
    row = connection.execute(_HEAD, {"name": station}).one()
    return Link(row.station, row.seq, row.hash)


def advance(connection: Connection, heads: Iterable[Link]) -> None:
    """Let the pointers of chains name their last rows."""
    for head in heads:
        connection.execute(_ADVANCE, {"name": head.station, "to": head.seq, "as": head.hash})
