"""Opens the database of a station: SQLite by default, PostgreSQL by its URL."""

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from okng.error_codes import Code
from okng.errors import RecordsError

BUSY_SECONDS = 5.0
"""How long a transaction waits for the lock of another process before it fails."""
READERS = 8
"""Connections for reading that stay open."""


class Database(NamedTuple):
    """Connections to one database.

    Attributes:
        write: one connection, for the writer thread; its transactions take the lock at once.
        read: a pool, for queries.
    """

    write: Engine
    read: Engine

    def dispose(self) -> None:
        """Close all connections."""
        self.write.dispose()
        self.read.dispose()


def connect(where: str | Path) -> Database:
    """Engines for a database; nothing is opened yet.

    Args:
        where: a file, or a URL: `sqlite:///FILE`, `postgresql://USER@HOST/NAME`.

    Raises:
        RecordsError: it is neither.
    """
    url = database_url(where)
    if url.get_backend_name() == "sqlite":
        return Database(_sqlite(url, "BEGIN IMMEDIATE", 1), _sqlite(url, "BEGIN", READERS))
    # A connection that the server has closed is replaced before it is used.
    return Database(
        create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True),
        create_engine(url, pool_size=READERS, pool_pre_ping=True),
    )


def database_url(where: str | Path) -> URL:
    """The URL of a file or a URL.

    Raises:
        RecordsError: it is no URL of SQLite or PostgreSQL.
    """
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(where)
    except ArgumentError as exc:
        raise _unusable(where) from exc
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise _unusable(where)
    return url


def _unusable(where: str) -> RecordsError:
    return RecordsError(
        "This is no database for records",
        where=where.rpartition("@")[2],  # a URL may hold a password before the @
        allowed="a file, sqlite:///FILE, or postgresql://USER@HOST/NAME",
        hint="Correct `records.database`.",
        code=Code.RECORDS_DATABASE,
    )


def _sqlite(url: URL, begin: str, connections: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)

    # pysqlite starts transactions by itself, too late for a lock; SQLAlchemy documents these hooks.
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry | Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # Each commit is on the disk before it returns: a power cut loses no verdict.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
