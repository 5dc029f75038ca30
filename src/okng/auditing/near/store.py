"""The cache of the audit: features and results by digest, so that a second audit takes seconds.

One SQLite file in the user's cache folder; each version of the features has its own file. An
interrupted audit keeps its results. If the file cannot be used, a temporary file replaces it.
Every row has a checksum: a row that fails it is deleted and computed again.
"""

import contextlib
import sqlite3
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from okng.auditing.near.features import LocalFeatures
from okng.error_codes import Code
from okng.errors import OkngError
from okng.preprocess import FULL_DEPTH

VERSION = 4
"""Version of the cached data; raised whenever `features` or `facts` compute something else."""
IN_MEMORY = 1024
"""Photos whose features are cached in memory: about 100 kB each."""
_PER_COMMIT = 256  # photos: less is lost by an interruption, more is faster
_PER_QUERY = 500  # digests; SQLite allowed 999 parameters before version 3.32
_SPARE_PAGES = -262_144  # cache of the temporary file, in KiB (negative by SQLite's convention)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS photos (
  digest TEXT PRIMARY KEY, facts TEXT NOT NULL, height INTEGER NOT NULL, width INTEGER NOT NULL,
  places BLOB NOT NULL, descriptors BLOB NOT NULL, texture BLOB NOT NULL,
  grey_height INTEGER NOT NULL, grey BLOB NOT NULL, checksum INTEGER NOT NULL
)
"""
_COLUMNS = "digest, facts, height, width, places, descriptors, texture, grey_height, grey, checksum"
_ONE = (
    "SELECT height, width, places, descriptors, texture, grey_height, grey FROM photos "
    "WHERE digest = ?"
)
_SUM = 4  # bytes of the checksum before a result
Row = tuple[str, str, int, int, bytes, bytes, bytes, int, bytes]


class Store:
    """Local features and facts of photos, by digest, and results by a key.

    `features` is thread-safe, as long as no other method runs.

    Args:
        folder: folder of the file; None uses a temporary file.
        depth: bits per channel by which photos of more than 8 bits were scaled; each depth has its
            own file.
        in_memory: photos whose features are cached in memory.

    Attributes:
        trouble: why the file cannot be used, or empty.
        damaged: number of rows that failed their checksum so far.
    """

    def __init__(
        self, folder: Path | None, depth: int = FULL_DEPTH, *, in_memory: int = IN_MEMORY
    ) -> None:
        self.trouble = ""
        self.damaged = 0
        self._in_memory = in_memory
        self._held: OrderedDict[str, LocalFeatures] = OrderedDict()
        self._lock = threading.Lock()
        self._waiting: list[Row] = []
        self._spare = _ready("")  # an empty name makes SQLite create a temporary file
        self._spare.execute(f"PRAGMA cache_size={_SPARE_PAGES}")
        kind = "" if depth == FULL_DEPTH else f"-{depth}bit"
        self._path = (folder or Path()) / f"audit-v{VERSION}{kind}.sqlite"
        self._file = self._open() if folder else self._spare

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flush()
        self._file.close()
        self._spare.close()

    def known(self, digests: Iterable[str]) -> dict[str, str]:
        """Facts, as JSON, of the photos that are in the store.

        A damaged row is deleted, and its photo is then missing. A damaged file is not changed.
        """
        self.flush()
        wanted = list(digests)
        try:
            return dict(self._known(wanted))
        except sqlite3.Error as exc:
            self._gives_up(exc)
            self._file.close()
            self._file = self._spare
            return dict(self._known(wanted))

    def add(self, digest: str, facts: str, features: LocalFeatures) -> None:
        """Store one photo."""
        height, width = features.texture.shape
        # float16: 1/16 pixel at 128, far below the tolerance of 2 pixels.
        places = features.places.astype(np.float16).tobytes()
        descriptors, texture = features.descriptors.tobytes(), features.texture.tobytes()
        grey = len(features.grey), features.grey.tobytes()
        self._waiting.append((digest, facts, height, width, places, descriptors, texture, *grey))
        if len(self._waiting) >= _PER_COMMIT:
            self.flush()

    def flush(self) -> None:
        """Write pending photos. If that fails, continue with the temporary file.

        Raises:
            OkngError: the temporary file cannot be written, either.
        """
        try:
            _insert(self._file, self._waiting)
        except sqlite3.Error as exc:
            self._gives_up(exc)
            try:
                _insert(self._spare, self._waiting)
            except sqlite3.Error as error:
                raise OkngError(
                    f"Cannot write the audit cache: {error}",
                    where="the system's temporary folder",
                    hint="Free some space, or name another cache folder in OKNG_CACHE.",
                    code=Code.DISK_FULL,
                ) from error
        self._waiting = []

    def features(self, digest: str) -> LocalFeatures:
        """Local features of a photo in the store.

        Raises:
            KeyError: the photo is not in the store.
            OkngError: the file is damaged.
        """
        with self._lock:
            if digest in self._held:
                self._held.move_to_end(digest)
                return self._held[digest]
            self.flush()
            row = next((row for db in self._both() if (row := self._one(db, digest))), None)
            if row is None:
                raise KeyError(digest)
            self._held[digest] = features = _unpacked(*row)
            if len(self._held) > self._in_memory:
                self._held.popitem(last=False)
            return features

    def result(self, key: str) -> bytes | None:
        """The result stored under a key, or None."""
        with contextlib.suppress(sqlite3.Error):
            row = self._file.execute("SELECT value FROM results WHERE key = ?", (key,)).fetchone()
            if row and _is_whole(row[0]):
                return bytes(row[0][_SUM:])
            if row:
                self.damaged += 1
                self.remove(key)
        return None

    def put(self, results: Mapping[str, bytes]) -> None:
        """Store results by their keys. If that fails, they are computed again the next time."""
        try:
            rows = [(key, _sum(value) + value) for key, value in results.items()]
            self._file.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", rows)
            self._file.commit()
        except sqlite3.Error as exc:
            self._gives_up(exc)

    def remove(self, key: str) -> None:
        """Remove a result."""
        with contextlib.suppress(sqlite3.Error):
            self._file.execute("DELETE FROM results WHERE key = ?", (key,))
            self._file.commit()

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return _ready(self._path)
        except (OSError, sqlite3.Error) as exc:
            self.trouble = str(exc)
            return self._spare

    def _gives_up(self, exc: sqlite3.Error) -> None:
        self.trouble = str(exc)
        with contextlib.suppress(sqlite3.Error):
            self._file.rollback()

    def _both(self) -> tuple[sqlite3.Connection, ...]:
        return (self._file,) if self._file is self._spare else (self._file, self._spare)

    def _known(self, digests: list[str]) -> Iterator[tuple[str, str]]:
        for begin in range(0, len(digests), _PER_QUERY):
            some = digests[begin : begin + _PER_QUERY]
            marks = ",".join("?" * len(some))
            for database in self._both():
                rows = database.execute(
                    f"SELECT {_COLUMNS} FROM photos WHERE digest IN ({marks})",  # noqa: S608
                    some,
                )
                whole: list[list[str]] = []
                damaged: list[list[str]] = []
                for *row, checksum in rows:
                    (whole if _checksum(row) == checksum else damaged).append(row)
                self._delete(database, [row[0] for row in damaged])
                yield from ((row[0], row[1]) for row in whole)

    def _delete(self, database: sqlite3.Connection, digests: list[str]) -> None:
        self.damaged += len(digests)
        database.executemany("DELETE FROM photos WHERE digest = ?", [(d,) for d in digests])
        database.commit()

    def _one(self, database: sqlite3.Connection, digest: str) -> Any:
        try:
            return database.execute(_ONE, (digest,)).fetchone()
        except sqlite3.Error as exc:
            raise OkngError(
                f"The audit's cache is damaged: {exc}",
                where=self._path,
                hint="Remove this file; it will be created again.",
            ) from exc


def _insert(database: sqlite3.Connection, rows: list[Row]) -> None:
    summed = [(*row, _checksum(row)) for row in rows]
    database.executemany(
        "INSERT OR REPLACE INTO photos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", summed
    )
    database.commit()


def _checksum(row: Sequence[object]) -> int:
    """CRC-32 over all columns; bytes that are read back as another type fail it, too."""
    total = 0
    for value in row:
        content = value if isinstance(value, bytes) else repr(value).encode("utf-8", "replace")
        total = zlib.crc32(content, total)
    return total


def _sum(value: bytes) -> bytes:
    return zlib.crc32(value).to_bytes(_SUM, "little")


def _is_whole(value: object) -> bool:
    return isinstance(value, bytes) and value[:_SUM] == _sum(value[_SUM:])


def _ready(file: Path | str) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=30, check_same_thread=False)
    try:
        # Readers and one writer at a time, and no fsync per commit: a cache may lose seconds.
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.executescript(_SCHEMA)
        names = [row[1] for row in database.execute("PRAGMA table_info(photos)")]
        if names != _COLUMNS.split(", "):
            raise sqlite3.DatabaseError("it has other columns: another version of okng made it")
    except sqlite3.Error:
        database.close()
        raise
    return database


def _unpacked(
    height: int,
    width: int,
    places: bytes,
    descriptors: bytes,
    texture: bytes,
    grey_height: int,
    grey: bytes,
) -> LocalFeatures:
    return LocalFeatures(
        np.frombuffer(places, np.float16).astype(np.float32).reshape(-1, 2),
        np.frombuffer(descriptors, np.uint8).reshape(-1, 128),
        np.frombuffer(texture, np.int8).reshape(height, width),
        np.frombuffer(grey, np.uint8).reshape(grey_height, -1),
    )
