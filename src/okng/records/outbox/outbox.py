"""The outbox of one sink: pages of what waits, and what became of them."""

from collections.abc import Sequence
from concurrent.futures import Future
from time import monotonic

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from okng.records.faults import from_database
from okng.records.outbox import set_aside
from okng.records.outbox.chain_pages import ChainPage, ChainRow, chain_page, head_seq, rows_of
from okng.records.outbox.cursors import Begin, move, move_back, registered
from okng.records.records import Records
from okng.records.rows import Link

PAGE = 500
"""Rows of one page: half a megabyte, and 10 ms to read."""
_STORE_SECONDS = 0.25
"""Time between two writes of a cursor: a crash repeats what was sent since the last one."""


class Outbox:
    """What one sink has not got yet. To be used by one thread.

    Rows that wait in the spool of the station are not in it: they get their place in the chain, and
    so in the outbox, when they are written to the database.

    Args:
        records: of the station.
        sink: its name.
        station: name of the chain.
        begin: where a sink begins that was not there before.

    Attributes:
        seq: the sink has every row up to this number, or it is set aside.

    Raises:
        RecordsError: the database cannot be read or written.
    """

    def __init__(self, records: Records, sink: str, station: str, begin: Begin = Begin.NOW) -> None:
        self._records, self.sink, self.station = records, sink, station
        try:
            self.seq = registered(records.engine, sink, station, begin)
        except (SQLAlchemyError, OSError) as exc:
            raise from_database(exc) from exc
        self._stored, self._stored_at = self.seq, monotonic()
        self._storing: Future[list[Link]] | None = None
        self._head = 0

    def page(self, head: int = 0) -> ChainPage | None:
        """The next rows; None where nothing waits.

        Args:
            head: number of a row that is known to be committed; the database is asked where this
                says nothing new.

        Raises:
            RecordsError: the database cannot be read.
        """
        self._head = max(self._head, head)
        if self._head <= self.seq:
            self._head = head_seq(self._records.read, self.station)
        if self._head <= self.seq:
            return None
        page = chain_page(self._records.read, self.station, self.seq, PAGE, self._head)
        if page.end == page.begin:  # that row is not committed yet
            self._head = self.seq
            return None
        return page

    @property
    def waiting(self) -> int:
        """Rows of the chain behind the cursor, as far as they were seen."""
        return max(0, self._head - self.seq)

    @property
    def unstored_seconds(self) -> float | None:
        """Time until the cursor is to be written; None where it is."""
        if self._stored >= self.seq:
            return None
        return max(0.0, self._stored_at + _STORE_SECONDS - monotonic())

    def passed(self, seq: int) -> None:
        """The sink has all rows up to a number."""
        self.seq = max(self.seq, seq)
        if self.unstored_seconds == 0:
            self.store()

    def go_back(self, seq: int) -> None:
        """Begin behind an earlier row again: the other side has lost what came after it."""
        if seq < self.seq:
            self.seq = self._stored = seq
            self._records.append(
                also=lambda connection, _: move_back(connection, self.sink, self.station, seq)
            )

    def store(self) -> Future[list[Link]] | None:
        """Write the cursor with the next commit; nobody waits for it, as a repeat does no harm."""
        if self._storing is not None and not self._storing.done():
            return self._storing
        if self._storing is not None and self._storing.exception() is not None:
            self._stored = -1  # the last write failed
        if self._stored >= self.seq:
            return None
        self._stored, self._stored_at = self.seq, monotonic()
        seq = self.seq
        self._storing = self._records.append(
            also=lambda connection, _: move(connection, self.sink, self.station, seq)
        )
        return self._storing

    def refuse(self, row: ChainRow, code: str, reason: str) -> None:
        """Set a row aside and pass it, in one transaction.

        Raises:
            RecordsError: the database refuses it; the row is still the next one.
        """
        aside = set_aside.refusal(self.sink, self.station, row.seq, row.row.id, code, reason)

        def write(connection: Connection, _links: Sequence[Link]) -> None:
            set_aside.put(connection, aside)
            move(connection, self.sink, self.station, row.seq)

        self._records.append(also=write).result()
        self.seq = max(self.seq, row.seq)

    def again(self) -> list[ChainRow]:
        """Rows that were set aside and are to be sent again; those that are deleted are dropped.

        Raises:
            RecordsError: the database cannot be read or written.
        """
        numbers = set_aside.waiting_again(self._records.read, self.sink, self.station, PAGE)
        if not numbers:
            return []
        rows = rows_of(self._records.read, self.station, numbers)
        for seq in set(numbers) - {row.seq for row in rows}:
            self.arrived(seq)
        return rows

    @property
    def has_refused(self) -> bool:
        """Whether a row is set aside.

        Raises:
            RecordsError: the database cannot be read.
        """
        read = self._records.read
        return bool(set_aside.refused(read, sink=self.sink, station=self.station, limit=1))

    def arrived(self, seq: int) -> None:
        """A row that was set aside has arrived.

        Raises:
            RecordsError: the database refuses it; the row will be sent once more.
        """
        self._records.append(
            also=lambda connection, _: set_aside.take_back(connection, self.sink, self.station, seq)
        ).result()
