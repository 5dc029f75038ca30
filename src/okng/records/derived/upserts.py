"""INSERT that replaces, or leaves, the row with the same key, in the dialect of the connection."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where a row with that primary key stands, it gets the new values."""
    if rows:
        connection.execute(_replacing(connection.dialect.name, table), list(rows))


def insert_missing(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row; where one with that primary key stands, it stays."""
    connection.execute(_insert(connection.dialect.name, table).on_conflict_do_nothing(), row)


@cache
def _replacing(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    # Built once: it is part of every commit, and building takes longer than running it.
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    others = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    kind = postgresql if dialect == "postgresql" else sqlite
    statement: postgresql.Insert | sqlite.Insert = kind.insert(table)
    return statement
