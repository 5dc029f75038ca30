"""INSERT that replaces, or leaves, the row with the same key, in the dialect of the connection."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where a row with that primary key stands, it gets the new values."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    others = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=others), list(rows)
    )


def insert_missing(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row; where one with that primary key stands, it stays."""
    connection.execute(_insert(connection, table).on_conflict_do_nothing(), row)


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement: postgresql.Insert | sqlite.Insert = dialect.insert(table)
    return statement
