"""Rows of one chain in one table, page by page, whatever somebody has written into them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, select
from sqlalchemy.exc import OperationalError

PAGE = 10_000
"""Rows of one page: some 10 MB."""


def pages_of(connection: Connection, table: Table, station: str) -> Iterator[RowMapping]:
    """Rows of a chain in order of `seq`; at most one page of them is in memory."""
    after = None
    while True:
        query = select(table).where(table.c.station == station).order_by(table.c.seq).limit(PAGE)
        rows = read_any(connection, query if after is None else query.where(table.c.seq > after))
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["seq"]


def read_any(connection: Connection, query: Select[Any]) -> Sequence[RowMapping]:
    """The rows of a query, also where a text of them is no UTF-8."""
    try:
        return connection.execute(query).mappings().all()
    except OperationalError:
        driver: Any = connection.connection.driver_connection
        if not hasattr(driver, "text_factory"):
            raise
        # SQLite stores any bytes as text. Those that are no UTF-8 are read as escapes, which no
        # hash can be made of, so the row counts as changed.
        driver.text_factory = _escaped
        try:
            return connection.execute(query).mappings().all()
        finally:
            driver.text_factory = str


def _escaped(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
