"""The records of stations: append rows, read them back."""

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, Select, select
from sqlalchemy import Row as DatabaseRow
from sqlalchemy.exc import SQLAlchemyError

from okng.errors import RecordsError
from okng.records import chain
from okng.records.database import BUSY_SECONDS, SPOOL_BUSY_SECONDS, connect
from okng.records.faults import from_database, is_outage
from okng.records.proof import SignedHead, Verification, snapshot, verify
from okng.records.queries import (
    Count,
    EntryPage,
    InspectionDetail,
    InspectionFilter,
    Page,
    ReviewedRates,
    Statistics,
    detail,
    entry_pages,
    pages,
    statistics,
)
from okng.records.reading import entry_row, inspection_row
from okng.records.rows import Entry, InspectionRow, Kind, Link, Role, Row
from okng.records.schema import open_schema
from okng.records.tables import chain_heads, entries, inspections
from okng.records.writing import Also, Committed, Spool, Watchers, Writer, silent

_KEYS_AT_ONCE = 500
"""Keys in one query; databases bound the values of one."""


class Records:
    """The database of one station, or of many.

    To be used from any thread, in a `with` block. Rows are appended by one thread of its own.

    Args:
        database: a file, or a URL of SQLite or PostgreSQL.
        committed: called after commits with the heads of the chains that grew.
        pause: seconds between two such calls, at least.
        spool: file that takes rows while the database is locked, down or full; None refuses them.

    Raises:
        RecordsError: the database cannot be opened.
        OSError: the spool cannot be written.
    """

    def __init__(
        self,
        database: str | Path,
        *,
        committed: Committed = silent,
        spool: Path | None = None,
        pause: float = 0.0,
    ) -> None:
        # With a spool, nobody waits long for a lock: the row is stored elsewhere meanwhile.
        busy = BUSY_SECONDS if spool is None else SPOOL_BUSY_SECONDS
        self._database = connect(database, busy)
        try:
            open_schema(self._database.write)
        except (SQLAlchemyError, OSError, sqlite3.Error) as exc:
            self._database.dispose()
            raise from_database(exc) from exc
        except RecordsError:
            self._database.dispose()
            raise
        self._spool = None if spool is None else Spool(spool)
        self._watchers = Watchers()
        self._writer = Writer(self._database.write, committed, self._spool, pause, self._watchers)

    def append(self, *rows: Row, also: Also | None = None) -> Future[list[Link]]:
        """Write rows, all or none; the future is set once they are on the disk.

        Args:
            *rows: in the order in which they join the chain.
            also: runs in the same transaction.

        Raises:
            RecordsError: the records are closed. The future raises it where the database refuses.
            ValueError: the payload of a review is none.
        """
        return self._writer.append(rows, also)

    def watch(self, watcher: Committed) -> Callable[[], None]:
        """Call a watcher after each commit, also of rows that waited in the spool.

        Args:
            watcher: gets the heads of the chains that grew, in the thread of the writer; it must
                return at once.

        Returns:
            To be called to end it.
        """
        return self._watchers.add(watcher)

    @property
    def engine(self) -> Engine:
        """For tables beside the chains; its transactions take the lock of the database at once."""
        return self._database.write

    @property
    def fault(self) -> RecordsError | None:
        """Why the last write failed, until one succeeds: for `/readyz` and the pages."""
        return self._writer.fault

    @property
    def refuses(self) -> bool:
        """Whether rows are not stored at all: the database is down, and there is no spool."""
        return self._writer.refuses

    @property
    def spooled(self) -> int:
        """Bytes that wait for the database in the spool."""
        return 0 if self._spool is None else self._spool.size

    def close(self) -> None:
        """Write what was appended, and close."""
        self._writer.close()
        if self._spool is not None:
            self._spool.close()
        self._database.dispose()

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def inspection(self, identifier: str) -> InspectionRow | None:
        """The inspection of an identifier; None if there is none."""
        return self._inspection(select(inspections).where(inspections.c.id == identifier))

    def inspection_of_key(self, station: str, key: str) -> InspectionRow | None:
        """The inspection that was asked for with an idempotency key; None if there is none.

        With a spool it is None, too, while the database cannot be read.
        """
        # the spool first: it may hold what the database does not have yet
        waiting = None if self._spool is None else self._spool.inspection_of_key(station, key)
        if waiting is not None:
            return waiting
        wanted = (inspections.c.station == station) & (inspections.c.idempotency_key == key)
        try:
            return self._inspection(select(inspections).where(wanted))
        except RecordsError as fault:
            if self._spool is None or not is_outage(fault):
                raise
            return None  # the line goes on: the part is judged, and its row waits

    def known_keys(self, station: str, keys: Sequence[str]) -> set[str]:
        """Which of some idempotency keys have an inspection on record.

        Raises:
            RecordsError: the database cannot be read.
        """
        c = inspections.c
        known = {
            key
            for key in keys
            if self._spool is not None and self._spool.inspection_of_key(station, key) is not None
        }
        for begin in range(0, len(keys), _KEYS_AT_ONCE):
            some = keys[begin : begin + _KEYS_AT_ONCE]
            query = select(c.idempotency_key).where(
                (c.station == station) & c.idempotency_key.in_(some)
            )
            known.update(row.idempotency_key for row in self.read(query))
        return known

    def detail(self, identifier: str) -> InspectionDetail | None:
        """An inspection with its entries and shadows; None if there is none."""
        return detail.detail(self.read, identifier)

    def page(self, wanted: InspectionFilter, limit: int = 50, cursor: str | None = None) -> Page:
        """One page of inspections, newest first.

        Args:
            wanted: which ones.
            limit: rows, 1 to 500.
            cursor: the `next` of the page before; None for the first page.

        Raises:
            StationError: the cursor is not valid.
        """
        return pages.page(self.read, wanted, limit, cursor)

    def count(self, wanted: InspectionFilter, most: int = 10_000) -> Count:
        """How many inspections there are; counting ends at a limit, since it takes time."""
        return pages.count(self.read, wanted, most)

    def head(self, station: str) -> Link:
        """The last link of a chain, as the pointer of the writer names it."""
        rows = self.read(select(chain_heads).where(chain_heads.c.station == station))
        # no row: the link before the first
        return Link(rows[0].station, rows[0].seq, rows[0].hash) if rows else chain.first(station)

    def stations(self) -> list[str]:
        """Names of all stations in the database."""
        return pages.stations(self.read)

    def entries_page(
        self,
        *,
        kinds: Sequence[Kind] = (),
        station: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> EntryPage:
        """One page of entries, newest first: the audit log.

        Args:
            kinds: only these; all if empty.
            station: its name; None for all.
            limit: rows, 1 to 500.
            cursor: the `next` of the page before; None for the first page.

        Raises:
            StationError: the cursor is not valid.
        """
        return entry_pages.entries_page(self.read, kinds, station, limit, cursor)

    def statistics(
        self,
        since_us: int,
        until_us: int,
        *,
        station: str | None = None,
        role: Role = Role.LIVE,
        model_digest: str | None = None,
    ) -> Statistics:
        """Statistics of a period such as a shift; see `okng.records.queries.statistics`."""
        return statistics.statistics(
            self.read, since_us, until_us, station=station, role=role, model_digest=model_digest
        )

    def series(
        self,
        since_us: int,
        until_us: int,
        step_us: int,
        *,
        station: str | None = None,
        role: Role = Role.LIVE,
        model_digest: str | None = None,
    ) -> list[Statistics]:
        """Statistics of each step of a period, such as each hour of a day."""
        return statistics.series(
            self.read, since_us, until_us, step_us,
            station=station, role=role, model_digest=model_digest,
        )  # fmt: skip

    def reviewed_rates(
        self, since_us: int, until_us: int, *, station: str | None = None
    ) -> ReviewedRates:
        """Escapes and overkill among the reviewed inspections of a period."""
        return statistics.reviewed_rates(self.read, since_us, until_us, station=station)

    def entries_of(self, subject: str, kind: Kind | None = None) -> list[Entry]:
        """Entries about something, oldest first."""
        query = select(entries).where(entries.c.subject == subject)
        if kind is not None:
            query = query.where(entries.c.kind == kind)
        return [
            entry_row(row) for row in self.read(query.order_by(entries.c.time_us, entries.c.id))
        ]

    def verify(self, heads: Sequence[SignedHead], trusted: frozenset[str]) -> Verification:
        """Check all chains, in pages; 1,000,000 rows take a minute. Writing goes on meanwhile.

        Args:
            heads: signed heads from outside of the database, see `okng.records.proof`.
            trusted: public keys in hex; heads of other keys prove nothing.

        Raises:
            RecordsError: the database cannot be read.
        """
        try:
            # one snapshot: rows that are committed meanwhile would look like a cut chain
            with snapshot(self._database.read.connect()) as connection:
                return verify(connection, heads, trusted)
        except (SQLAlchemyError, OSError) as exc:
            raise from_database(exc) from exc

    def read(self, query: Select[Any]) -> Sequence[DatabaseRow[Any]]:
        """The rows of a query.

        Raises:
            RecordsError: the database cannot be read.
        """
        try:
            with self._database.read.connect() as connection:
                return connection.execute(query).all()
        except (SQLAlchemyError, OSError) as exc:
            raise from_database(exc) from exc

    def _inspection(self, query: Select[Any]) -> InspectionRow | None:
        rows = self.read(query)
        return inspection_row(rows[0]) if rows else None
