"""The one thread that writes: many rows in one transaction, answered after its commit.

Whoever appends rows gets a future. While a transaction commits, further rows wait; the next
transaction takes all of them (group commit), so the cost of a durable commit is shared.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, select

from okng.errors import RecordsError
from okng.records.faults import from_database, is_outage, stopped
from okng.records.payloads import Review
from okng.records.rows import Entry, Kind, Link, Row
from okng.records.tables import chain_heads
from okng.records.writing.spool import Batch, Spool
from okng.records.writing.transaction import insert_rows, not_yet_written

MOST_ROWS = 500
"""Rows of one transaction, at most: some 50 ms of work, for which all of their answers wait."""
_RETRY_SECONDS = 1.0
"""Time between two attempts to reach a database that is down."""
_LOG = logging.getLogger(__name__)

Committed = Callable[[Sequence[Link]], None]
"""Called after one or more commits with the heads of the chains that grew."""
Also = Callable[[Connection, Sequence[Link]], None]
"""Runs in the transaction of its rows, with their links; an error undoes all of it."""


def silent(_heads: Sequence[Link]) -> None:
    """Nobody listens to commits."""


@dataclass(eq=False, slots=True)
class _Job:
    rows: Sequence[Row]
    also: Also | None = None
    future: Future[list[Link]] = field(default_factory=Future)


class Writer:
    """Appends rows to the chains of their stations, in a thread of its own.

    Args:
        engine: whose transactions take the lock of the database at once.
        committed: called in the thread of the writer after a commit.
        spool: takes rows while the database is down; None refuses them.
        pause: seconds between two calls of `committed`, at least; it then gets the heads of all
            commits since the last one, after their rows are answered. 0: each commit is announced
            before its rows are answered.
        watched: called after each commit, before its rows are answered; it returns at once.

    Attributes:
        fault: why the last write failed, until one succeeds.
        refuses: whether rows are not stored at all meanwhile, in no spool either.
    """

    def __init__(
        self,
        engine: Engine,
        committed: Committed,
        spool: Spool | None = None,
        pause: float = 0.0,
        watched: Committed = silent,
    ) -> None:
        self._engine, self._committed, self._spool = engine, committed, spool
        self._pause, self._watched = pause, watched
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open = True
        self._next_attempt = 0.0  # by the monotonic clock
        self._heads: dict[str, Link] = {}  # that grew and are not announced yet
        self._announced = 0.0  # by the monotonic clock
        self.fault: RecordsError | None = None
        self.refuses = False
        # daemon: an append that hangs on a lock does not keep the process alive
        self._thread = threading.Thread(target=self._work, name="okng-records", daemon=True)
        self._thread.start()

    def append(self, rows: Sequence[Row], also: Also | None = None) -> Future[list[Link]]:
        """Write rows, all or none of them.

        Args:
            rows: in the order in which they join the chain.
            also: runs in their transaction. Such rows never wait in a spool.

        Returns:
            The future of their links, set after the commit. It raises RecordsError where the
            database refused them. The links of rows that wait in a spool have the number 0.

        Raises:
            RecordsError: the writer is closed.
            ValueError: the payload of a review is none.
        """
        for row in rows:
            if isinstance(row, Entry) and row.kind is Kind.REVIEW:
                # a payload that is none fails here, in the thread of its author
                Review.of(row.payload)
        job = _Job(rows, also)
        with self._lock:
            if not self._open:  # under the lock: nothing is queued behind the None of `close`
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
        more = True
        while more:
            jobs, more = self._collect()
            if jobs:
                self._write(jobs)
            elif self.fault is not None and not self._spooling:
                self._probe()
            self._drain(last=not more)
            self._announce(last=not more)

    def _collect(self) -> tuple[list[_Job], bool]:
        """What waits already, and whether more may come."""
        jobs: list[_Job] = []
        try:
            job = self._jobs.get(timeout=self._patience())
            while job is not None:
                jobs.append(job)
                if sum(len(each.rows) for each in jobs) >= MOST_ROWS:
                    return jobs, True
                job = self._jobs.get_nowait()
        except queue.Empty:
            return jobs, True
        return jobs, False  # the None of `close`

    def _patience(self) -> float | None:
        """Seconds until there is something to do without a job; None for never."""
        if self._heads:
            return max(0.0, self._announced + self._pause - time.monotonic())
        return _RETRY_SECONDS if self.fault or self._spooling else None

    @property
    def _spooling(self) -> bool:
        return self._spool is not None and self._spool.waiting

    def _write(self, jobs: list[_Job]) -> None:
        if self._spooling:  # these rows come after the ones that wait
            self._put_aside(jobs, self.fault or stopped())
            return
        try:
            links = self._commit(jobs)
        except Exception as exc:  # noqa: BLE001 - the end of a thread: nobody may wait for ever
            self._failed(jobs, from_database(exc))
            return
        self.fault, self.refuses = None, False
        if not self._pause:
            self._announce(last=True)  # each commit is announced before its answers
        remaining = iter(links)
        for job in jobs:
            job.future.set_result([next(remaining) for _ in job.rows])

    def _failed(self, jobs: list[_Job], fault: RecordsError) -> None:
        """One bad job must not fail the others: each is tried alone, unless it was alone."""
        if is_outage(fault):
            self.fault = fault
            self._put_aside(jobs, fault)
        elif len(jobs) == 1:
            jobs[0].future.set_exception(fault)
        else:
            for job in jobs:
                self._write([job])

    def _put_aside(self, jobs: list[_Job], fault: RecordsError) -> None:
        """Into the spool where there is one, else back to whoever asked."""
        spooled: list[_Job] = []
        if self._spool is not None:
            # what runs in the transaction cannot run later
            spooled = [job for job in jobs if job.also is None]
            try:
                self._spool.add([job.rows for job in spooled])
            except OSError as exc:
                self.fault = fault = from_database(exc)
                spooled = []
        self.refuses = not spooled and any(job.also is None for job in jobs)
        for job in jobs:
            if job in spooled:
                # 0: the place in the chain is not known yet
                job.future.set_result([Link(row.station, 0, "") for row in job.rows])
            else:
                job.future.set_exception(fault)

    def _probe(self) -> None:
        """See whether the database is back: nobody may append rows as long as it is not."""
        try:
            with self._engine.begin() as connection:
                connection.execute(select(chain_heads).limit(1))
        except Exception as exc:  # noqa: BLE001 - the end of a thread
            self.fault = from_database(exc)
        else:
            self.fault, self.refuses = None, False

    def _drain(self, *, last: bool) -> None:
        """Write what waits in the spool, if the database may be back."""
        spool = self._spool
        if spool is None or not spool.waiting:
            return
        if time.monotonic() < self._next_attempt and not last:
            return
        begin = time.monotonic()
        try:
            # Fresh rows come before old ones: their answers are awaited. At the end all must go.
            while spool.size and (last or self._jobs.empty()):
                self._write_spooled(spool, spool.next(MOST_ROWS))
            self.fault, self.refuses = None, False
        except Exception as exc:  # noqa: BLE001 - the end of a thread; what waits stays in the file
            self.fault = from_database(exc)
            # An attempt may wait for a lock; rows that arrive meanwhile wait with it.
            pause = max(_RETRY_SECONDS, 5 * (time.monotonic() - begin))
            self._next_attempt = time.monotonic() + pause

    def _write_spooled(self, spool: Spool, batch: Batch) -> None:
        try:
            self._commit_spooled(batch.jobs)
        except Exception as exc:
            if is_outage(from_database(exc)):
                raise
            for rows in batch.jobs:
                self._write_alone(spool, rows)
        spool.written(batch)

    def _write_alone(self, spool: Spool, rows: list[Row]) -> None:
        try:
            self._commit_spooled([rows])
        except Exception as exc:
            if is_outage(from_database(exc)):
                raise
            file = spool.refuse(rows)
            _LOG.error("The database does not take rows of the spool; they are in %s: %s",
                       file, exc)  # fmt: skip

    def _commit_spooled(self, jobs: Sequence[Sequence[Row]]) -> None:
        with self._engine.begin() as connection:
            rows = not_yet_written(connection, [row for job in jobs for row in job])
            links = insert_rows(connection, rows)
        # Not before the commit: a sink that looks for rows nobody can see yet passes them over.
        self._note(links)

    def _commit(self, jobs: Sequence[_Job]) -> list[Link]:
        with self._engine.begin() as connection:
            links = insert_rows(connection, [row for job in jobs for row in job.rows])
            remaining = iter(links)
            for job in jobs:
                own = [next(remaining) for _ in job.rows]  # the links of this job's rows, in order
                if job.also is not None:
                    job.also(connection, own)
        self._note(links)
        return links

    def _note(self, links: Sequence[Link]) -> None:
        heads = {link.station: link for link in links}  # the last link of each chain
        self._heads |= heads
        if heads:
            self._watched(list(heads.values()))

    def _announce(self, *, last: bool) -> None:
        """Hand on the heads that grew: after the answers, which do not wait for it."""
        now = time.monotonic()
        if not self._heads or (now - self._announced < self._pause and not last):
            return
        heads, self._heads, self._announced = list(self._heads.values()), {}, now
        try:
            self._committed(heads)
        except Exception:  # noqa: BLE001 - the rows are written, whatever becomes of a listener
            _LOG.exception("After a commit")
