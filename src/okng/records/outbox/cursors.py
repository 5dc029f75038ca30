"""Cursors: how far each sink is in the chain of a station."""

import time
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Engine, bindparam, func, select, update

from okng.records.derived.upserts import insert_missing
from okng.records.queries.pages import Read
from okng.records.tables import chain_heads, sink_cursors

_MOVE = (
    update(sink_cursors)
    .where(
        sink_cursors.c.sink == bindparam("whose"),
        sink_cursors.c.station == bindparam("of"),
        # never back: a second process with this sink may be further
        sink_cursors.c.seq < bindparam("to"),
    )
    .values(seq=bindparam("to"), time_us=bindparam("at"))
)


class Begin(StrEnum):
    """Where a sink begins that was not there before."""

    NOW = "now"
    FIRST = "first"


class Cursor(NamedTuple):
    """How far a sink is.

    Attributes:
        sink: its name.
        station: name of the chain.
        seq: it has every row up to this number, or a row is set aside.
        time_us: when the cursor moved last, in microseconds since 1970, UTC.
    """

    sink: str
    station: str
    seq: int
    time_us: int


def registered(engine: Engine, sink: str, station: str, begin: Begin) -> int:
    """The cursor of a sink; a sink that was not there before gets one.

    Args:
        engine: whose transactions take the lock of the database at once.
        sink: its name.
        station: name of the chain.
        begin: `NOW` is behind the last row on record, `FIRST` before all rows.
    """
    own = (sink_cursors.c.sink == sink) & (sink_cursors.c.station == station)
    with engine.begin() as connection:
        head = connection.execute(
            select(chain_heads.c.seq).where(chain_heads.c.station == station)
        ).scalar()
        seq = (head or 0) if begin is Begin.NOW else 0
        row = Cursor(sink, station, seq, _now_us())
        insert_missing(connection, sink_cursors, row._asdict())
        return int(connection.execute(select(sink_cursors.c.seq).where(own)).scalar_one())


def move(connection: Connection, sink: str, station: str, seq: int) -> None:
    """Let a cursor name a later row; one that is further stays."""
    connection.execute(_MOVE, {"whose": sink, "of": station, "to": seq, "at": _now_us()})


def move_back(connection: Connection, sink: str, station: str, seq: int) -> None:
    """Let a cursor name an earlier row."""
    own = (sink_cursors.c.sink == sink) & (sink_cursors.c.station == station)
    connection.execute(update(sink_cursors).where(own).values(seq=seq, time_us=_now_us()))


def cursors(read: Read) -> Sequence[Cursor]:
    """All cursors, by station and sink."""
    query = select(sink_cursors).order_by(sink_cursors.c.station, sink_cursors.c.sink)
    return [Cursor(row.sink, row.station, row.seq, row.time_us) for row in read(query)]


def least_cursor(read: Read, station: str) -> int | None:
    """The number up to which every sink of a station has all rows; None without a sink."""
    least = func.min(sink_cursors.c.seq)
    seq: int | None = read(select(least).where(sink_cursors.c.station == station))[0][0]
    return seq


def _now_us() -> int:
    return time.time_ns() // 1000
