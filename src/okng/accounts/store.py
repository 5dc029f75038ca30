"""Transactions on the tables of the accounts, and the clock they share."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from okng.errors import RecordsError
from okng.records.database import connect
from okng.records.faults import from_database
from okng.records.schema import open_schema

SECOND_US = 1_000_000
Clock = Callable[[], int]
"""Microseconds since 1970, UTC."""


def now_us() -> int:
    """The time in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def digest_of(secret: str) -> str:
    """SHA-256 of a random secret, in hex: what is stored in its place."""
    # surrogatepass: a form may hold anything
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Store:
    """The database of the accounts.

    Args:
        database: a file, or a URL of SQLite or PostgreSQL.
        clock: of all times in it.

    Raises:
        RecordsError: the database cannot be opened.
    """

    def __init__(self, database: str | Path, clock: Clock = now_us) -> None:
        self.clock = clock
        self._database = connect(database)
        try:
            open_schema(self._database.write)
        except (SQLAlchemyError, OSError) as exc:
            self.close()
            raise from_database(exc) from exc
        except RecordsError:
            self.close()
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may change rows.

        Raises:
            RecordsError: the database refuses it.
        """
        try:
            with self._database.write.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as exc:
            raise from_database(exc) from exc

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries.

        Raises:
            RecordsError: the database cannot be read.
        """
        try:
            with self._database.read.connect() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as exc:
            raise from_database(exc) from exc

    def close(self) -> None:
        """Close all connections."""
        self._database.dispose()
