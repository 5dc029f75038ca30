"""Keeps what was worked out of each photo, by its digest: a second audit takes seconds.

One SQLite file in the user's cache folder; another version of the work has another file. A run
that is stopped keeps what it had. Where the file cannot be written, memory takes its place.
"""

import contextlib
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from okng.audit.near.features import LocalFeatures

VERSION = 2
"""Raised whenever `features` or `facts` work out something else."""
_HELD = 2048
_PER_COMMIT = 256
_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS photos (
  digest TEXT PRIMARY KEY, facts TEXT NOT NULL, height INTEGER NOT NULL, width INTEGER NOT NULL,
  places BLOB NOT NULL, descriptors BLOB NOT NULL, texture BLOB NOT NULL
)
"""
_ALL = "SELECT digest, facts FROM photos"
_ONE = "SELECT height, width, places, descriptors, texture FROM photos WHERE digest = ?"
Row = tuple[str, str, int, int, bytes, bytes, bytes]


class Store:
    """Local features and facts of photos, by digest.

    Args:
        folder: where the file lies; None keeps everything in memory.

    Attributes:
        trouble: why the file cannot be used, or empty.
    """

    def __init__(self, folder: Path | None) -> None:
        self.trouble = ""
        self._held: OrderedDict[str, LocalFeatures] = OrderedDict()
        self._waiting: list[Row] = []
        self._memory = _ready(":memory:")
        self._file = self._open(folder) if folder else self._memory

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
        self._memory.close()

    def known(self, digests: Iterable[str]) -> dict[str, str]:
        """Facts, as JSON, of those photos that are known."""
        self.flush()
        wanted = set(digests)
        rows = [row for db in self._both() for row in db.execute(_ALL)]
        return {digest: facts for digest, facts in rows if digest in wanted}

    def add(self, digest: str, facts: str, features: LocalFeatures) -> None:
        """Keep one photo."""
        height, width = features.texture.shape
        places = features.places.astype(np.float16).tobytes()
        descriptors, texture = features.descriptors.tobytes(), features.texture.tobytes()
        self._waiting.append((digest, facts, height, width, places, descriptors, texture))
        if len(self._waiting) >= _PER_COMMIT:
            self.flush()

    def flush(self) -> None:
        """Write what waits. When the file takes no more, go on in memory."""
        try:
            _insert(self._file, self._waiting)
        except sqlite3.Error as exc:
            self.trouble = str(exc)
            with contextlib.suppress(sqlite3.Error):
                self._file.rollback()
            _insert(self._memory, self._waiting)
        self._waiting = []

    def features(self, digest: str) -> LocalFeatures:
        """Local features of a known photo.

        Raises:
            KeyError: it is not known.
        """
        if digest in self._held:
            self._held.move_to_end(digest)
            return self._held[digest]
        self.flush()
        rows = (db.execute(_ONE, (digest,)).fetchone() for db in self._both())
        row = next((row for row in rows if row), None)
        if row is None:
            raise KeyError(digest)
        self._held[digest] = found = _unpacked(*row)
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        return found

    def result(self, key: str) -> bytes | None:
        """What was kept under a key, or None."""
        row = self._file.execute("SELECT value FROM results WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def keep(self, key: str, value: bytes) -> None:
        """Keep a result that many photos have a part in. A file that takes no more goes without."""
        with contextlib.suppress(sqlite3.Error):
            self._file.execute("INSERT OR REPLACE INTO results VALUES (?, ?)", (key, value))
            self._file.commit()

    def _open(self, folder: Path) -> sqlite3.Connection:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _ready(folder / f"audit-v{VERSION}.sqlite")
        except (OSError, sqlite3.Error) as exc:
            self.trouble = str(exc)
            return self._memory

    def _both(self) -> tuple[sqlite3.Connection, ...]:
        return (self._file,) if self._file is self._memory else (self._file, self._memory)


def _insert(database: sqlite3.Connection, rows: list[Row]) -> None:
    database.executemany("INSERT OR REPLACE INTO photos VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    database.commit()


def _ready(file: Path | str) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=30)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.executescript(_SCHEMA)
    return database


def _unpacked(
    height: int, width: int, places: bytes, descriptors: bytes, texture: bytes
) -> LocalFeatures:
    return LocalFeatures(
        np.frombuffer(places, np.float16).astype(np.float32).reshape(-1, 2),
        np.frombuffer(descriptors, np.uint8).reshape(-1, 128),
        np.frombuffer(texture, np.int8).reshape(height, width),
    )
