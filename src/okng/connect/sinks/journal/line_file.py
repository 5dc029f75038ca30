"""A file that lines are appended to: each on the disk, none twice, none cut off."""

import errno
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from okng.connect.messages import Event
from okng.connect.sinks.journal.lines import Form
from okng.error_codes import Code
from okng.errors import ConnectError

_TAIL = 4_000_000
"""Bytes at the end of a file whose identifiers are known: more than is ever sent twice."""


class LineFile:
    """A file that lines are appended to.

    Raises:
        ConnectError: the disk is full, or the file cannot be written.
    """

    def __init__(self, path: Path, form: Form) -> None:
        self.path, self._form = path, form
        with disk(path):
            self._stream = path.open("ab+", buffering=0)
            self._size = self._repaired()
            self._known = set(self._tail())

    def add(self, messages: Sequence[Event]) -> None:
        """Append messages that the file does not have; on return they are on the disk."""
        fresh = [each for each in messages if each.id not in self._known]
        if not fresh:
            return
        lines = b"".join([b"" if self._size else self._form.head, *map(self._form.line, fresh)])
        try:
            with disk(self.path):
                _write(self._stream, lines)
                os.fsync(self._stream.fileno())
        except ConnectError:
            with suppress(OSError):  # half a line is taken away now, or when it is opened again
                self._stream.truncate(self._size)
            raise
        self._size += len(lines)
        # only the page before can come again
        self._known = {each.id for each in fresh} | (self._known if len(self._known) < 10**4
                                                     else set())  # fmt: skip

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def _repaired(self) -> int:
        """Take away a line that a crash has cut off; the size that is left."""
        size = end = self._stream.seek(0, os.SEEK_END)
        while end > 0:
            begin = max(0, end - 65_536)
            self._stream.seek(begin)
            place = self._stream.read(end - begin).rfind(b"\n")
            if place >= 0:
                end = begin + place + 1
                break
            end = begin
        if end < size:
            self._stream.truncate(end)
        return end

    def _tail(self) -> Iterator[str]:
        begin = max(0, self._size - _TAIL)
        self._stream.seek(begin)
        lines = self._stream.read(_TAIL).splitlines()
        yield from map(self._form.identifier, lines[1 if begin else 0 :])
        self._stream.seek(0, os.SEEK_END)


class disk:  # noqa: N801 - reads as a statement
    """Faults of the disk as those of a sink: it is tried again once there is room."""

    def __init__(self, where: Path) -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, fault: BaseException | None, _trace: object) -> None:
        if not isinstance(fault, OSError):
            return
        full = fault.errno in {errno.ENOSPC, errno.EDQUOT}
        raise ConnectError(
            "The disk of the journal is full" if full
            else f"The journal cannot be written: {fault.strerror or fault}",
            where=self._where,
            hint="Free space there; verdicts wait." if full else "Check the folder; verdicts wait.",
            code=Code.DISK_FULL if full else Code.FILE_NOT_WRITABLE,
        ) from fault  # fmt: skip


def _write(stream: io.FileIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]
