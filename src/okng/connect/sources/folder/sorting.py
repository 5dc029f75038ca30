"""What becomes of files once their parts are judged: moved, deleted, or left where they are."""

import contextlib
import errno
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from okng.connect.contracts import Alarming
from okng.connect.operator_log import log
from okng.connect.sources.folder.stamps import File, Stamp
from okng.errors import OkngError
from okng.files import whole_file, write_error
from okng.text import short_name, shown
from okng.verdict import Judgement
from okng.wording import mark

if TYPE_CHECKING:
    from okng.error_codes import Code

RETRY_SECONDS = 5.0
"""Time between two attempts to move a file, as on a full disk."""
Work = Callable[[], None]
FOLDERS = {word: word.value.lower() for word in Judgement}
"""Where a file goes: ok, ng, review, error."""


class _Inspected(NamedTuple):
    file: File
    signal: Judgement
    done: Work


class _Failed(NamedTuple):
    again: float  # by the monotonic clock
    inspected: _Inspected


class Sorting:
    """Moves or deletes files in a thread of its own, and repeats what fails.

    Args:
        target: holds the folders ok, ng, review and error; None moves nothing.
        deletes: whether files are deleted.
        alarms: of the station.
        source: name of the source.
    """

    def __init__(
        self, target: Path | None, *, deletes: bool, alarms: Alarming, source: str
    ) -> None:
        self._target, self._deletes = target, deletes
        self._alarms, self._source = alarms, source
        self._changed = threading.Condition()
        self._inspected: deque[_Inspected] = deque()
        self._failed: deque[_Failed] = deque()
        self._open = True
        self._fault: Code | None = None
        self._thread = threading.Thread(target=self._work, name="okng-sorting", daemon=True)
        self._thread.start()

    def put(self, file: File, signal: Judgement, done: Work) -> None:
        """Sort a file; returns at once.

        Args:
            file: as it was when it was judged.
            signal: what the line acted on.
            done: called once the file is where it belongs.
        """
        with self._changed:
            self._inspected.append(_Inspected(file, signal, done))
            self._changed.notify_all()

    def close(self) -> None:
        """Sort what waits, each file tried once more, and end."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        self._thread.join()

    def _work(self) -> None:
        while (inspected := self._next()) is not None:
            try:
                self._sort(inspected.file, inspected.signal)
            except OkngError as fault:
                self._not_sorted(inspected, fault)
            else:
                self._cleared()
                inspected.done()

    def _next(self) -> _Inspected | None:
        with self._changed:
            while not self._inspected and (self._open or self._failed):
                pause = self._failed[0].again - time.monotonic() if self._failed else None
                if pause is not None and (pause <= 0 or not self._open):
                    return self._failed.popleft().inspected
                self._changed.wait(pause)
            return self._inspected.popleft() if self._inspected else None

    def _not_sorted(self, inspected: _Inspected, fault: OkngError) -> None:
        if self._fault is not fault.code:
            self._cleared()
            self._fault = fault.code
            self._alarms.begin(fault.code, self._source, {"part": inspected.file.name})
            log.error(mark("Judged photos stay where they are; they are moved as soon as that is "
                       "possible"), source=self._source, file=shown(inspected.file.path),
                       reason=fault.what, next=fault.hint)  # fmt: skip
        with self._changed:
            if self._open:  # else, after a restart: it is on record, and is moved then
                self._failed.append(_Failed(time.monotonic() + RETRY_SECONDS, inspected))

    def _cleared(self) -> None:
        if self._fault is not None:
            self._alarms.over(self._fault, self._source)
            self._fault = None

    def _sort(self, file: File, signal: Judgement) -> None:
        """Move or delete a file, unless another photo has its name by now."""
        try:
            if _stamp(file.path) != file.stamp:
                return
            if self._target is not None:
                move(file, self._target / FOLDERS[signal])
            elif self._deletes:
                os.unlink(file.path)  # noqa: PTH108 - quick
        except FileNotFoundError:
            return  # somebody else has taken it away
        except OSError as exc:
            raise write_error(exc, Path(file.path)) from exc


def move(file: File, folder: Path) -> None:
    """Move a file into a folder, under a name that is free there.

    Raises:
        OSError: it cannot be moved; it is where it was.
        OkngError: likewise, where it would have to be copied to another disk.
    """
    target = _free(folder, file.name)
    try:
        Path(file.path).rename(target)
    except OSError as exc:
        if exc.errno == errno.ENOENT and not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            Path(file.path).rename(target)
        elif exc.errno == errno.EXDEV:
            _copy_over(file, target)
            return
        else:
            raise
    if _stamp(target) != file.stamp:  # written anew between the look and the move
        with contextlib.suppress(OSError):
            Path(target).rename(file.path)


def _copy_over(file: File, target: str) -> None:
    """Copy to another disk; the original goes once the copy is whole and on the disk."""
    with whole_file(Path(target)) as temporary:
        shutil.copy2(file.path, temporary)
        if _stamp(file.path) != file.stamp:
            raise FileNotFoundError(file.path)
    os.unlink(file.path)  # noqa: PTH108


def _free(folder: Path, name: str) -> str:
    """A path in a folder that no file has: part.jpg, part-2.jpg, part-3.jpg."""
    path = folder / name
    if not os.path.lexists(path):
        return str(path)
    stem, suffix = os.path.splitext(name)  # noqa: PTH122
    number = 2
    while os.path.lexists(path := folder / short_name(f"{stem}-{number}", suffix)):
        number += 1
    return str(path)


def _stamp(path: str) -> Stamp:
    return Stamp.of(os.stat(path))  # noqa: PTH116
