"""Opens the database of a station: SQLite by default, PostgreSQL by its URL."""

import errno
import sqlite3
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from okng.error_codes import Code
from okng.errors import RecordsError

BUSY_SECONDS = 5.0
"""How long a transaction waits for the lock of another process before it fails."""
SPOOL_BUSY_SECONDS = 0.5
"""The same where a spool takes the rows meanwhile."""
CONNECT_SECONDS = 5
"""How long PostgreSQL may take to accept a connection."""
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


def connect(where: str | Path, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Engines for a database; nothing is opened yet.

    Args:
        where: a file, or a URL: `sqlite:///FILE`, `postgresql://USER@HOST/NAME`.
        busy_seconds: how long a transaction waits for a lock.

    Raises:
        RecordsError: it is neither.
    """
    url = database_url(where)
    if url.get_backend_name() == "sqlite":
        # The process may change its folder before the next connection.
        url = url.set(database=str(Path(url.database or "").absolute()))
        write = _sqlite(url, "BEGIN IMMEDIATE", 1, busy_seconds)
        return Database(write, _sqlite(url, "BEGIN", READERS, busy_seconds))
    options = f"-c lock_timeout={int(busy_seconds * 1000)}"
    arguments = {"connect_timeout": CONNECT_SECONDS, "options": options}
    # A connection that the server has closed is replaced before it is used.
    return Database(
        create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True, connect_args=arguments),
        create_engine(url, pool_size=READERS, pool_pre_ping=True, connect_args=arguments),
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


def _sqlite(url: URL, begin: str, connections: int, busy_seconds: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)

    # pysqlite starts transactions by itself, too late for a lock; SQLAlchemy documents these hooks.
    def _begin(connection: Connection) -> None:
        _refuse_replaced(connection)
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", _begin)
    return engine


def _refuse_replaced(connection: Connection) -> None:
    """SQLite would go on writing into a file that was deleted or replaced, and lose all of it."""
    file = Path(connection.engine.url.database or "")
    if connection.info.get("inode") != _inode(file):
        connection.invalidate()
        raise OSError(errno.ENOENT, "the file of the database was deleted or replaced")


def _inode(file: Path) -> int | None:
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return None


def _prepare(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # Each commit is on the disk before it returns: a power cut loses no verdict.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    entry.info["inode"] = _inode(Path(file))
