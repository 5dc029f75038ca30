"""Decoded photos by the digest of their files, so that a long job decodes each of them once.

A training reads every photo up to a dozen times: for the audit, the network, the scores, the check
of the model file, changed photos, heatmaps. The bytes of a file are read anew each time, and their
digest finds what was decoded before, so a file that changed is decoded again.
"""

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import IO, NamedTuple

import numpy as np

from okng.preprocess.forms import Form, Opened
from okng.preprocess.levels import Numbers, Samples

_IN_MEMORY = 256_000_000
"""Bytes kept in memory: 900 colour photos of 300 x 300 pixels."""
_ON_DISK = 20_000_000_000
"""Bytes kept in an unnamed temporary file beyond that, where a third of the disk is free for it."""
_SHARE_OF_DISK = 3


class _Place(NamedTuple):
    """Where an array lies in the file, and what it is."""

    offset: int
    size: int
    shape: tuple[int, ...]
    kind: np.dtype


class _Entry(NamedTuple):
    """A decoded photo; each array is in memory, in the file, or absent."""

    colours: Numbers | _Place
    alpha: Numbers | _Place | None
    inverted: bool
    declared: int
    form: Form


class DecodedCache:
    """Keeps decoded photos until it is full; nothing is dropped. For any number of threads.

    Args:
        in_memory: bytes of arrays in memory.
        on_disk: bytes in an unnamed file of the temporary folder, which vanishes with the process.
    """

    def __init__(self, in_memory: int = _IN_MEMORY, on_disk: int = _ON_DISK) -> None:
        self._memory_left, self._disk_left = in_memory, on_disk
        self._entries: dict[bytes, _Entry] = {}
        self._file: IO[bytes] | None = None
        self._end = 0
        self._pauses = 0
        self._lock = threading.Lock()

    def opened(self, data: bytes, decode: Callable[[], Opened], divided_by: int = 1) -> Opened:
        """What `decode` returns for these bytes, or returned before; errors are not kept.

        Args:
            data: the file.
            decode: decodes it.
            divided_by: by what that divides its sides; each size is kept by itself.
        """
        if self._pauses:
            return decode()
        key = hashlib.sha256(data).digest() + bytes([divided_by])
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                return self._read(entry)
        opened = decode()
        with self._lock:
            if key not in self._entries and (stored := self._keep(opened)):
                self._entries[key] = stored
        return opened

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Within this, every photo is decoded."""
        with self._lock:
            self._pauses += 1
        try:
            yield
        finally:
            with self._lock:
                self._pauses -= 1

    def close(self) -> None:
        """Give memory and disk back."""
        with self._lock:
            self._entries.clear()
            self._memory_left = self._disk_left = 0
            if self._file:
                self._file.close()
                self._file = None

    def _read(self, entry: _Entry) -> Opened:
        alpha = None if entry.alpha is None else self._array(entry.alpha)
        samples = Samples(self._array(entry.colours), alpha, entry.inverted, entry.declared)
        return Opened(samples, entry.form)

    def _array(self, stored: Numbers | _Place) -> Numbers:
        """An array of its own: callers may write into it."""
        if isinstance(stored, np.ndarray):
            return stored.copy()
        assert self._file is not None  # noqa: S101 - places exist only beside the file
        self._file.seek(stored.offset)
        values = np.frombuffer(bytearray(self._file.read(stored.size)), stored.kind)
        return values.reshape(stored.shape)

    def _keep(self, opened: Opened) -> _Entry | None:
        samples = opened.samples
        arrays = [samples.colours] if samples.alpha is None else [samples.colours, samples.alpha]
        size = sum(array.nbytes for array in arrays)
        if size <= self._memory_left:
            self._memory_left -= size
            places: list[Numbers | _Place] = [array.copy() for array in arrays]
        elif size <= self._room_on_disk():
            try:
                places = [self._written(array) for array in arrays]
            except OSError:  # the disk is full by now: everything goes on, decoded anew
                self._disk_left = 0
                return None
        else:
            return None
        alpha = places[1] if len(places) > 1 else None
        return _Entry(places[0], alpha, samples.inverted, samples.declared, opened.form)

    def _room_on_disk(self) -> int:
        if self._file is None and self._disk_left:
            try:
                free = shutil.disk_usage(tempfile.gettempdir()).free // _SHARE_OF_DISK
                self._file = tempfile.TemporaryFile(prefix="okng-")  # noqa: SIM115 - until `close`
                self._disk_left = min(self._disk_left, free)
            except OSError:
                self._disk_left = 0
        return self._disk_left

    def _written(self, array: Numbers) -> _Place:
        assert self._file is not None  # noqa: S101 - opened by `_room_on_disk`
        self._file.seek(self._end)
        self._file.write(np.ascontiguousarray(array).data)
        place = _Place(self._end, array.nbytes, array.shape, array.dtype)
        self._end += array.nbytes
        self._disk_left -= array.nbytes
        return place


_active: DecodedCache | None = None


@contextmanager
def keep_decoded(cache: DecodedCache | None = None) -> Iterator[DecodedCache]:
    """Within this, photos that are decoded again come from a cache; it is closed at the end.

    One for the process, as photos are decoded in threads of many pools. A second one within the
    first changes nothing.
    """
    global _active  # noqa: PLW0603 - see above
    if _active is not None:
        yield _active
        return
    _active = own = cache or DecodedCache()
    try:
        yield own
    finally:
        _active = None
        own.close()


def decode_anew() -> AbstractContextManager[None]:
    """Within this, every photo is decoded, to measure how long that takes."""
    cache = _active
    return nullcontext() if cache is None else cache.paused()


def opened_once(data: bytes, decode: Callable[[], Opened], divided_by: int = 1) -> Opened:
    """`decode()`, or what it returned before for the same bytes where a cache is active."""
    cache = _active  # another thread may end it at any time
    return decode() if cache is None else cache.opened(data, decode, divided_by)
