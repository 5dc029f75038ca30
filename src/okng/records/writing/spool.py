"""Rows that wait for the database, in a file of JSON lines: one line holds the rows of one append.

A line is on the disk before its rows count as stored. A line that a crash has cut off was never
answered, and is dropped.
"""

import json
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from okng.records.canonical import Value, canonical
from okng.records.reading import row_of
from okng.records.rows import InspectionRow, Row, columns


class Batch(NamedTuple):
    """The next rows that wait.

    Attributes:
        jobs: rows of each append, in order.
        end: place in the file behind them, for `Spool.written`.
    """

    jobs: list[list[Row]]
    end: int


class Spool:
    """A file of rows that wait. To be used from any thread; one thread adds and takes.

    Args:
        file: it need not exist.

    Raises:
        OSError: it cannot be read or written.
    """

    def __init__(self, file: Path) -> None:
        self._file, self._refused = file, file.with_suffix(".refused.jsonl")
        self._lock = threading.Lock()
        self._begin = 0
        self._keys: dict[tuple[str, str], int] = {}
        file.parent.mkdir(parents=True, exist_ok=True)
        self._stream = file.open("ab+")
        end = 0
        for start, line in self._lines():
            end = start + len(line)
            self._remember(start, _rows(line))
        self._stream.truncate(end)
        self._end = end

    @property
    def waiting(self) -> bool:
        """Whether rows wait."""
        return self._begin < self._end

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return self._end - self._begin

    def add(self, jobs: Sequence[Sequence[Row]]) -> None:
        """Add the rows of some appends; on return they are on the disk.

        Raises:
            OSError: they are not; nothing was added.
        """
        with self._lock:
            try:
                for rows in jobs:
                    self._stream.write(_line(rows))
                self._stream.flush()
                os.fsync(self._stream.fileno())
            except OSError:
                self._stream.truncate(self._end)
                raise
            for rows in jobs:
                self._remember(self._end, rows)
                self._end += len(_line(rows))

    def next(self, most: int) -> Batch:
        """The rows that wait longest: `most` of them, or all of one append."""
        jobs: list[list[Row]] = []
        count, end = 0, self._begin
        for start, line in self._lines(self._begin):
            rows = _rows(line)
            if jobs and count + len(rows) > most:
                break
            jobs.append(rows)
            count, end = count + len(rows), start + len(line)
        return Batch(jobs, end)

    def written(self, batch: Batch) -> None:
        """Rows of a batch are in the database; an empty file is what is left behind the last."""
        with self._lock:
            self._begin = batch.end
            if not self.waiting:
                self._stream.truncate(0)
                os.fsync(self._stream.fileno())
                self._begin = self._end = 0
                self._keys.clear()

    def refuse(self, rows: Sequence[Row]) -> Path:
        """Put rows aside that the database does not take; they stay in a file beside this one."""
        with self._refused.open("ab") as stream:
            stream.write(_line(rows))
            stream.flush()
            os.fsync(stream.fileno())
        return self._refused

    def inspection_of_key(self, station: str, key: str) -> InspectionRow | None:
        """The inspection that waits, of an idempotency key; None if there is none."""
        with self._lock:
            place = self._keys.get((station, key))
            if place is None:
                return None
            with self._file.open("rb") as stream:
                stream.seek(place)
                rows = _rows(stream.readline())
        matching = (r for r in rows if isinstance(r, InspectionRow) and r.idempotency_key == key)
        return next(matching, None)

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        self._stream.close()

    def _lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Whole lines with their places in the file."""
        with self._file.open("rb") as stream:
            stream.seek(start)
            for line in stream:
                if not line.endswith(b"\n"):
                    return
                yield start, line
                start += len(line)

    def _remember(self, place: int, rows: Sequence[Row]) -> None:
        for row in rows:
            if isinstance(row, InspectionRow) and row.idempotency_key is not None:
                self._keys.setdefault((row.station, row.idempotency_key), place)


def _line(rows: Sequence[Row]) -> bytes:
    document: list[Value] = [{"table": row.table, "columns": columns(row)} for row in rows]
    return f"{canonical(document)}\n".encode()


def _rows(line: bytes) -> list[Row]:
    return [row_of(each["table"], each["columns"]) for each in json.loads(line)]
