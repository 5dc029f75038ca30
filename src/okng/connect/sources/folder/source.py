"""A hot folder as a source: finds files, waits until they are whole, and has them sorted."""

import os
import re
import stat
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from okng import preprocess
from okng.connect.contracts import Around
from okng.connect.part import Outcome, Part
from okng.connect.sources.folder.changes import Changes
from okng.connect.sources.folder.naming import named
from okng.connect.sources.folder.sorting import FOLDERS, Sorting
from okng.connect.sources.folder.stamps import File, file_of
from okng.connect.sources.folder.waiting import Waiting
from okng.connect.sources.folder.whole import Whole, is_whole
from okng.dataset.tree import is_photo_name
from okng.error_codes import Code
from okng.errors import ConnectError, PhotoError
from okng.inference.frames import Arrival
from okng.text import shown

SCAN_SECONDS = 10.0
"""The whole folder is read so often, for changes that were not reported."""
_SCAN_SHARE = 0.02
"""Share of the time, at most, in which a folder is read that gives no part: it may be very full."""
RETRY_SECONDS = 5.0
"""A photo whose part is not on record is judged again after so long."""
_AT_ONCE = 1000
"""Files that are looked at together: the oldest of them come first."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a folder is watched, and what becomes of its files.

    Attributes:
        target: folder of ok, ng, review and error; None moves nothing.
        deletes: whether judged files are deleted.
        pattern: for names; see `naming`.
        poll: seconds between two looks; None where the system reports changes.
        steady: see `Waiting`.
        whole_within: likewise.
        ends: whether the source ends once no photo waits.
    """

    target: Path | None
    deletes: bool
    pattern: re.Pattern[str] | None
    poll: float | None
    steady: float
    whole_within: float
    ends: bool

    @property
    def stays(self) -> bool:
        """Whether files stay where they are."""
        return self.target is None and not self.deletes


class FolderSource:
    """Photos of one folder; see `okng.connect.contracts.Source`.

    Args:
        folder: absolute.
        manner: how it is watched.
        around: the station.
        name: of the source, on alarms.
    """

    def __init__(self, folder: Path, manner: Manner, around: Around, name: str) -> None:
        self._folder, self._manner, self._around, self._name = str(folder), manner, around, name
        self._waiting = Waiting(manner.steady, manner.whole_within)
        self._closed = threading.Event()
        self._running = False
        self._changes: Changes | None = None
        self._taken: set[str] = set()
        self._repeats: deque[File] = deque()
        self._answers = threading.Condition()
        self._unanswered = 0
        self._sorting: Sorting | None = None
        self._place: tuple[int, int] | None = None

    def open(self) -> None:
        """Find the folder, and make those that photos are moved into.

        Raises:
            ConnectError: the folder is not there, or may not be used.
        """
        try:
            self._place = self._where()
            with os.scandir(self._folder) as entries:
                next(entries, None)
            if self._manner.target is not None:
                for name in FOLDERS.values():
                    (self._manner.target / name).mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise self._gone(exc) from exc
        if self._sorting is None:
            self._sorting = Sorting(
                self._manner.target, deletes=self._manner.deletes,
                alarms=self._around.alarms, source=self._name,
            )  # fmt: skip

    def parts(self) -> Iterator[Part]:
        """Photos, the oldest of those that wait first.

        Raises:
            ConnectError: the folder is gone.
        """
        self._running = True
        try:
            with Changes(self._folder, reported=self._manner.poll is None) as changes:
                self._changes = changes
                yield from self._until_closed(changes)
            self._finish()
        finally:
            self._running = False

    def close(self) -> None:
        """End `parts`, once those in flight are answered and sorted."""
        self._closed.set()
        if not self._running:
            self._finish()
        elif self._changes is not None:
            self._changes.wake()

    def _until_closed(self, changes: Changes) -> Iterator[Part]:
        # The second look finds what came before the system began to report.
        next_scan, interval = 0.0, min(1.0, self._interval)
        while not self._closed.is_set():
            if time.monotonic() >= next_scan:
                begin, taken = time.monotonic(), len(self._taken)
                yield from self._scan()
                if len(self._taken) == taken and self._manner.poll is None:
                    interval = max(interval, (time.monotonic() - begin) / _SCAN_SHARE)
                next_scan, interval = time.monotonic() + interval, self._interval
                if self._manner.ends and not self._unanswered and self._waiting.seconds() is None:
                    return
            paths = changes.take(self._pause(next_scan))
            while self._repeats:
                file = self._repeats.popleft()
                self._waiting.later(file.path, file.stamp, RETRY_SECONDS)
            if paths is None:
                next_scan = 0.0
            else:
                yield from self._photos([*paths, *self._waiting.due()])

    @property
    def _interval(self) -> float:
        if self._manner.poll is not None:
            return self._manner.poll
        return SCAN_SECONDS if self._changes is not None and self._changes.reports else 1.0

    def _pause(self, next_scan: float) -> float:
        due = self._waiting.seconds()
        until_scan = next_scan - time.monotonic()
        return until_scan if due is None else min(due, until_scan)

    def _scan(self) -> Iterator[Part]:
        """All files of the folder, some at a time: there may be very many."""
        try:
            if self._where() != self._place:
                raise self._gone(None)
            with os.scandir(self._folder) as entries:
                paths = (entry.path for entry in entries)
                while not self._closed.is_set() and (some := list(islice(paths, _AT_ONCE))):
                    yield from self._photos(some)
        except OSError as exc:
            raise self._gone(exc) from exc

    def _photos(self, paths: Iterable[str]) -> Iterator[Part]:
        files = [file for path in paths if (file := self._file(path)) is not None]
        known = self._around.known([file.key for file in files]) if self._manner.stays else ()
        for file in sorted(files, key=lambda each: each.stamp.modified_ns):
            if self._closed.is_set():
                return
            if file.key in known:
                self._taken.add(file.key)
                continue
            part = self._part(file)
            if part is not None:
                yield part

    def _file(self, path: str) -> File | None:
        """A file that may be a new photo."""
        name = os.path.basename(path)  # noqa: PTH119 - quick
        if name.startswith(".") or not is_photo_name(name):
            return None
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError:
            self._waiting.forget(path)
            return None
        file = file_of(path, status, stays=self._manner.stays)
        is_new = file.key not in self._taken and stat.S_ISREG(status.st_mode)
        return file if is_new else None

    def _part(self, file: File) -> Part | None:
        """The part of a file; None as long as it is not whole."""
        arrival, fault, data = Arrival.now(), None, None
        try:
            data = preprocess.read_bytes(file.path)
            shows = is_whole(data)
        except PhotoError as exc:  # may not be read, or changed meanwhile
            fault, shows = exc, Whole.NO
        if not self._waiting.is_over(file.path, file.stamp, shows):
            return None
        self._taken.add(file.key)
        with self._answers:
            self._unanswered += 1
        states = named(file.name, self._manner.pattern)
        return Part(
            photo=data,
            fault=fault,
            key=file.key,
            name=shown(file.name),
            serial=states.serial,
            batch=states.batch,
            product=states.product,
            arrival=arrival,
            answered=partial(self._answered, file),
        )

    def _answered(self, file: File, outcome: Outcome) -> None:
        is_late = outcome.fault is not None and outcome.fault.code is Code.STATION_TIMEOUT
        if self._sorting is not None and (outcome.row is not None or is_late):
            self._sorting.put(file, outcome.signal, partial(self._sorted, file))
        else:  # not on record: no line waits for it, so it is judged again
            self._again(file)
        with self._answers:
            self._unanswered -= 1
            self._answers.notify_all()

    def _sorted(self, file: File) -> None:
        if not self._manner.stays:
            self._taken.discard(file.key)

    def _again(self, file: File) -> None:
        self._taken.discard(file.key)
        self._repeats.append(file)

    def _finish(self) -> None:
        with self._answers:
            self._answers.wait_for(lambda: not self._unanswered)
        if self._sorting is not None:
            self._sorting.close()
            self._sorting = None

    def _where(self) -> tuple[int, int]:
        """Which folder it is: where a share is gone, the empty folder below it shows."""
        status = os.stat(self._folder)  # noqa: PTH116
        return status.st_dev, status.st_ino

    def _gone(self, exc: OSError | None) -> ConnectError:
        reason = "another folder is in its place" if exc is None else exc.strerror or str(exc)
        return ConnectError(
            f"The folder cannot be read: {reason}",
            where=self._folder,
            hint="Check that it is there, its share mounted, and that this user may use it.",
        )
