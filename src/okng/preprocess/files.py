"""Reads the bytes of a photo; refuses pipes, devices and files too large for a photo."""

import contextlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from okng.errors import PhotoError, PhotoFault
from okng.preprocess.faults import fault

MAX_BYTES = 1_100_000_000
"""Bytes: 128 million pixels of four channels of 16 bits, and some metadata."""
# A pipe without a writer must not block: it is opened without waiting and then refused.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bytes(path: Path | str) -> bytes:
    """The bytes of a file.

    Raises:
        PhotoError: the file does not exist, is a folder, a pipe or a device, is larger than any
            photo, cannot be read, or changes meanwhile.
    """
    try:
        with open_file(path) as file:
            before = os.fstat(file.fileno())
            data = file.read()
            after = os.fstat(file.fileno())
    except OSError as exc:
        raise denied(exc, path) from exc
    # Half of one photo and half of the next may well be decoded, and would get a verdict.
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise fault(PhotoFault.DAMAGED, "The file changed while it was read", str(path))
    return data


def open_file(path: Path | str) -> BinaryIO:
    """Open a file for reading.

    Raises:
        OSError: the file does not exist, is a folder, or cannot be read.
        PhotoError: it is a pipe or a device, or larger than any photo.
    """
    with contextlib.ExitStack() as closing:
        file = os.open(path, _FLAGS)
        closing.callback(os.close, file)
        _check_file(os.fstat(file), str(path))
        opened = os.fdopen(file, "rb")
        closing.pop_all()  # the file object closes it from now on
    return opened


def _check_file(status: os.stat_result, name: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise fault(PhotoFault.DENIED, "The file cannot be read: it is a folder", name)
    if not stat.S_ISREG(status.st_mode):
        raise fault(PhotoFault.NO_PHOTO, "This is a pipe or a device, not a file", name)
    if status.st_size > MAX_BYTES:
        what = f"The file is too large for a photo: {status.st_size:,} bytes"
        raise fault(PhotoFault.SIZE, what, name)


def denied(exc: OSError, path: Path | str) -> PhotoError:
    """The error for a file that the operating system does not open."""
    return PhotoError(
        f"The file cannot be read: {exc.strerror or exc}",
        where=path,
        hint="Check path and rights.",
        fault=PhotoFault.DENIED,
    )
