"""Checks every row of every chain, in pages: memory does not grow with the records."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Table, select

from okng.records import chain
from okng.records.payloads import Deletion
from okng.records.proof.findings import ChainResult, Fault, FaultKind, Verification
from okng.records.proof.heads import SignedHead
from okng.records.proof.reading import pages_of, read_any
from okng.records.reading import COLUMNS
from okng.records.rows import Kind, Link
from okng.records.tables import chain_heads, entries, inspections, tombstones

_LAST = 2**63
"""Sorts behind every number of a row."""


class _Broken(Exception):  # noqa: N818 - ends the walk along one chain
    def __init__(self, kind: FaultKind, seq: int, table: str = "", identifier: str = "") -> None:
        super().__init__(kind)
        self.fault = Fault(kind, seq, table, identifier)


class _Place(NamedTuple):
    """A row of any table, by its number."""

    seq: int
    table: str
    row: RowMapping


@dataclass(slots=True)
class _Seal:
    """Tombstones of one deletion, as far as they were read."""

    rows: int = 0
    first: int = 0
    last: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, seq: int, row_hash: str) -> None:
        self.rows += 1
        self.first = self.first or seq
        self.last = seq
        self.digest.update(sealed_line(seq, row_hash))

    def matches(self, deletion: Deletion) -> bool:
        stated = (deletion.rows, deletion.first, deletion.last, deletion.digest)
        return stated == (self.rows, self.first, self.last, self.digest.hexdigest())


@dataclass(slots=True)
class _Walk:
    """The state of the walk along one chain."""

    before: Link
    rows: int = 0
    deleted: int = 0
    proven: int = 0
    agreeing: int = 0
    seals: dict[str, _Seal] = field(default_factory=lambda: defaultdict(_Seal))
    deletions: dict[str, Deletion] = field(default_factory=dict)


def sealed_line(seq: int, row_hash: str) -> bytes:
    """The line of a deleted row that a deletion seals."""
    return f"{seq} {row_hash}\n".encode()


def verify(
    connection: Connection, heads: Sequence[SignedHead], trusted: frozenset[str]
) -> Verification:
    """Check all chains of a database.

    Args:
        connection: to the database; its transaction must see one state of the rows, see `snapshot`.
        heads: signed heads from outside of the database.
        trusted: public keys in hex; heads of other keys prove nothing.
    """
    names = sorted({*_stations(connection), *(head.station for head in heads)})
    return Verification([
        _chain(connection, name, [h for h in heads if h.station == name], trusted)
        for name in names
    ])  # fmt: skip


def snapshot(connection: Connection) -> Connection:
    """The connection, with transactions that see one state, whatever a running station writes."""
    if connection.dialect.name == "postgresql":
        # PostgreSQL: all queries of the transaction see one state; SQLite always does
        return connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def _chain(
    connection: Connection, station: str, heads: Sequence[SignedHead], trusted: frozenset[str]
) -> ChainResult:
    # anybody can sign with a key of their own
    counted = [head for head in heads if head.key in trusted and head.valid]
    walk = _Walk(chain.first(station))
    fault = None
    try:
        _walk(connection, walk, counted)
    except _Broken as broken:
        fault = broken.fault
    return ChainResult(
        station=station,
        rows=walk.rows,
        deleted=walk.deleted,
        proven=walk.proven,
        heads=walk.agreeing,
        untrusted=len(heads) - len(counted),
        fault=fault,
    )


def _walk(connection: Connection, walk: _Walk, heads: Sequence[SignedHead]) -> None:
    # read before the rows: those that are committed meanwhile lie behind it
    pointer = _pointer(connection, walk.before.station)
    signed = _by_seq(heads)
    for place in _places(connection, walk.before.station):
        _step(walk, place)
        for head in signed.pop(walk.before.seq, ()):
            if head.hash != walk.before.hash:
                raise _Broken(FaultKind.RECOMPUTED, place.seq, place.table, _id(place))
            walk.proven, walk.agreeing = walk.before.seq, walk.agreeing + 1
    if signed:  # heads of rows that the walk has not reached
        raise _Broken(FaultKind.CUT, walk.before.seq + 1)
    _check_seals(walk)
    if pointer != walk.before:
        raise _Broken(FaultKind.POINTER, walk.before.seq)


def _step(walk: _Walk, place: _Place) -> None:
    expected = walk.before.seq + 1
    if place.row["seq"] != place.seq:  # not even a number: SQLite stores any value in any column
        raise _Broken(FaultKind.CHANGED, expected, place.table, _id(place))
    if place.seq != expected:
        doubled = place.seq == walk.before.seq
        raise _Broken(FaultKind.DOUBLED if doubled else FaultKind.MISSING,
                      place.seq if doubled else expected)  # fmt: skip
    if place.table == "tombstones":
        row_hash = str(place.row["hash"])  # the row is gone; its hash keeps the chain together
        walk.seals[str(place.row["deletion_id"])].add(place.seq, row_hash)
        walk.deleted += 1
    else:
        row_hash = _checked(walk, place)
    walk.before = Link(walk.before.station, expected, row_hash)
    walk.rows += 1


def _checked(walk: _Walk, place: _Place) -> str:
    """The hash of a row, which must be the one that stands beside it."""
    values = {name: place.row[name] for name in COLUMNS[place.table]}
    try:
        digest = chain.digest(place.table, values, walk.before)
    except (TypeError, ValueError) as exc:  # a value that okng never writes: a float, raw bytes
        raise _Broken(FaultKind.CHANGED, place.seq, place.table, _id(place)) from exc
    if digest != place.row["hash"]:
        raise _Broken(FaultKind.CHANGED, place.seq, place.table, _id(place))
    if place.table == "entries" and place.row["kind"] == Kind.DELETION:
        walk.deletions[str(place.row["id"])] = Deletion.of(place.row["payload"])
    return digest


def _check_seals(walk: _Walk) -> None:
    # rows that are gone must be those that an entry of deletion names
    for identifier, seal in walk.seals.items():
        deletion = walk.deletions.get(identifier)
        if deletion is None or not seal.matches(deletion):
            raise _Broken(FaultKind.UNSEALED, seal.first)


def _places(connection: Connection, station: str) -> Iterator[_Place]:
    """Rows of all tables in order of their numbers."""
    streams = [
        _places_in(connection, table, station) for table in (inspections, entries, tombstones)
    ]
    return merge(*streams, key=lambda place: place.seq)  # the three tables share one count


def _places_in(connection: Connection, table: Table, station: str) -> Iterator[_Place]:
    for row in pages_of(connection, table, station):
        # SQLite stores any type in any column.
        seq = row["seq"] if isinstance(row["seq"], int) else _LAST
        yield _Place(seq, table.name, row)


def _stations(connection: Connection) -> Iterator[str]:
    """Stations of all tables; a name that okng never writes is a gap in the chain of another."""
    for table in (chain_heads, inspections, entries, tombstones):
        for row in read_any(connection, select(table.c.station).distinct()):
            name = row["station"]
            if isinstance(name, str) and not any("\ud800" <= each <= "\udfff" for each in name):
                yield name


def _pointer(connection: Connection, station: str) -> Link:
    query = select(chain_heads).where(chain_heads.c.station == station)
    row = connection.execute(query).one_or_none()
    return chain.first(station) if row is None else Link(row.station, row.seq, row.hash)


def _by_seq(heads: Sequence[SignedHead]) -> dict[int, list[SignedHead]]:
    grouped: dict[int, list[SignedHead]] = defaultdict(list)
    for head in heads:
        if head.seq:
            grouped[head.seq].append(head)
    return grouped


def _id(place: _Place) -> str:
    return str(place.row.get("id", ""))
