"""Deliveries that a sink refused: they are set aside, listed, and sent again when asked for."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from okng.errors import MissingError
from okng.records.derived.upserts import upsert
from okng.records.faults import from_database
from okng.records.queries.pages import Read
from okng.records.tables import set_aside, sink_cursors

_REFUSED, _AGAIN = "refused", "again"


class Refused(NamedTuple):
    """A delivery that a sink refused.

    Attributes:
        sink: its name.
        station: name of the chain.
        seq: number of the row.
        row_id: identifier of the inspection or alarm.
        time_us: when it was refused, in microseconds since 1970, UTC.
        code: of the fault.
        reason: what the sink answered.
        state: `refused`, or `again` while it waits for another try.
    """

    sink: str
    station: str
    seq: int
    row_id: str
    time_us: int
    code: str
    reason: str
    state: str = _REFUSED


def put(connection: Connection, row: Refused) -> None:
    """Set a delivery aside; one that was before gets the new reason."""
    upsert(connection, set_aside, [row._asdict()])


def take_back(connection: Connection, sink: str, station: str, seq: int) -> None:
    """A delivery has arrived, and is no longer set aside."""
    c = set_aside.c
    own = (c.sink == sink) & (c.station == station) & (c.seq == seq)
    connection.execute(delete(set_aside).where(own))


def refused(
    read: Read, *, sink: str | None = None, station: str | None = None, limit: int = 500,
    state: str | None = None,
) -> Sequence[Refused]:  # fmt: skip
    """Deliveries that are set aside, in the order of their rows.

    Args:
        read: runs queries.
        sink: only of this one.
        station: likewise.
        limit: rows, at most.
        state: only in this one: `refused`, `again`.
    """
    c = set_aside.c
    query = select(set_aside).order_by(c.station, c.sink, c.seq).limit(limit)
    for column, wanted in ((c.sink, sink), (c.station, station), (c.state, state)):
        query = query if wanted is None else query.where(column == wanted)
    return [Refused(**row._asdict()) for row in read(query)]


def waiting_again(read: Read, sink: str, station: str, limit: int) -> list[int]:
    """Numbers of rows that are to be sent again."""
    rows = refused(read, sink=sink, station=station, limit=limit, state=_AGAIN)
    return [row.seq for row in rows]


def send_again(
    engine: Engine, sink: str, *, station: str | None = None, row_id: str | None = None
) -> int:
    """Let deliveries that are set aside be sent again, within a minute.

    Args:
        engine: whose transactions take the lock of the database at once.
        sink: its name.
        station: only of this one.
        row_id: only this inspection or alarm.

    Returns:
        How many.

    Raises:
        RecordsError: the database refuses it.
    """
    c = set_aside.c
    query = update(set_aside).where(c.sink == sink).values(state=_AGAIN)
    for column, wanted in ((c.station, station), (c.row_id, row_id)):
        query = query if wanted is None else query.where(column == wanted)
    try:
        with engine.begin() as connection:
            return connection.execute(query).rowcount
    except (SQLAlchemyError, OSError) as exc:
        raise from_database(exc) from exc


def forget(engine: Engine, sink: str) -> None:
    """Remove a sink that is no longer there: its cursors, and what it has refused.

    Raises:
        MissingError: there is none of that name.
        RecordsError: the database refuses it.
    """
    try:
        with engine.begin() as connection:
            gone = connection.execute(delete(sink_cursors).where(sink_cursors.c.sink == sink))
            connection.execute(delete(set_aside).where(set_aside.c.sink == sink))
    except (SQLAlchemyError, OSError) as exc:
        raise from_database(exc) from exc
    if not gone.rowcount:
        raise MissingError(
            "There is no such sink", where=sink, hint="`okng outbox list` shows all sinks."
        )


def refusal(sink: str, station: str, seq: int, row_id: str, code: str, reason: str) -> Refused:
    """A delivery that is refused now."""
    return Refused(sink, station, seq, row_id, time.time_ns() // 1000, code, reason)
