"""The one thread that writes: many rows in one transaction, answered after its commit.

Whoever appends rows gets a future. While a transaction commits, further rows wait; the next
transaction takes all of them (group commit), so the cost of a durable commit is shared.
"""

import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from okng.errors import RecordsError
from okng.records import chain
from okng.records.derived import derive
from okng.records.faults import from_database, stopped
from okng.records.payloads import Review
from okng.records.rows import Entry, Kind, Link, Row, columns
from okng.records.tables import chain_heads, entries, inspections

MOST_ROWS = 500
"""Rows of one transaction, at most: some 50 ms of work, for which all of their answers wait."""

Committed = Callable[[Sequence[Link]], None]
"""Called after a commit with the heads of the chains that grew."""
_TABLES = {"inspections": inspections, "entries": entries}


@dataclass(eq=False, slots=True)
class _Job:
    rows: Sequence[Row]
    future: Future[list[Link]] = field(default_factory=Future)


class Writer:
    """Appends rows to the chains of their stations, in a thread of its own.

    Args:
        engine: whose transactions take the lock of the database at once.
        committed: called in the thread of the writer after each commit.
    """

    def __init__(self, engine: Engine, committed: Committed) -> None:
        self._engine, self._committed = engine, committed
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open = True
        self._thread = threading.Thread(target=self._work, name="okng-records", daemon=True)
        self._thread.start()

    def append(self, rows: Sequence[Row]) -> Future[list[Link]]:
        """Write rows, all or none of them.

        Args:
            rows: in the order in which they join the chain.

        Returns:
            The future of their links, set after the commit. It raises RecordsError where the
            database refused them.

        Raises:
            RecordsError: the writer is closed.
            ValueError: the payload of a review is none.
        """
        for row in rows:
            if isinstance(row, Entry) and row.kind is Kind.REVIEW:
                Review.of(row.payload)
        job = _Job(rows)
        with self._lock:
            if not self._open:
                raise stopped()
            self._jobs.put(job)
        return job.future

    def close(self) -> None:
        """Write what was appended, and end."""
        with self._lock:
            self._open = False
            self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            jobs, more = self._collect(first)
            self._write(jobs)
            if not more:
                return

    def _collect(self, first: _Job) -> tuple[list[_Job], bool]:
        """What waits already, and whether more may come."""
        jobs, rows = [first], len(first.rows)
        while rows < MOST_ROWS:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, True
            if job is None:
                return jobs, False
            jobs.append(job)
            rows += len(job.rows)
        return jobs, True

    def _write(self, jobs: list[_Job]) -> None:
        try:
            links = self._commit([row for job in jobs for row in job.rows])
        except Exception as exc:  # noqa: BLE001 - the end of a thread: nobody may wait for ever
            self._failed(jobs, from_database(exc))
            return
        remaining = iter(links)
        for job in jobs:
            job.future.set_result([next(remaining) for _ in job.rows])

    def _failed(self, jobs: list[_Job], fault: RecordsError) -> None:
        """One bad job must not fail the others: each is tried alone, unless it was alone."""
        if len(jobs) == 1:
            jobs[0].future.set_exception(fault)
            return
        for job in jobs:
            self._write([job])

    def _commit(self, rows: Sequence[Row]) -> list[Link]:
        with self._engine.begin() as connection:
            # In one order, so that two processes never wait for each other.
            heads = {
                station: head_of(connection, station)
                for station in sorted({r.station for r in rows})
            }
            links: list[Link] = []
            values: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for row in rows:
                link = heads[row.station] = chain.linked(row, heads[row.station])
                links.append(link)
                values[row.table].append(columns(row) | {"seq": link.seq, "hash": link.hash})
            for table, each in values.items():
                connection.execute(insert(_TABLES[table]), each)
            derive(connection, rows)
            _advance(connection, heads.values())
        self._committed(list(heads.values()))
        return links


def head_of(connection: Connection, station: str) -> Link:
    """The last link of a chain; on PostgreSQL its row is locked until the transaction ends."""
    query = select(chain_heads).where(chain_heads.c.station == station).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is not None:
        return Link(row.station, row.seq, row.hash)
    start = chain.first(station)
    connection.execute(insert(chain_heads), start._asdict())
    return start


def _advance(connection: Connection, heads: Iterable[Link]) -> None:
    for head in heads:
        connection.execute(
            update(chain_heads)
            .where(chain_heads.c.station == head.station)
            .values(seq=head.seq, hash=head.hash)
        )
