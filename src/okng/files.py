"""Files that are whole or not there: written under a temporary name, flushed, and renamed."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from okng.errors import OkngError
from okng.text import to_bytes


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader, or a kill at any moment, sees the old or the new, whole.

    Text is written as UTF-8; what is none in a file name becomes an escape (`okng.text`).

    Raises:
        OkngError: the disk is full, or the place cannot be written.
    """
    data = to_bytes(content) if isinstance(content, str) else content
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to it when the context ends well.

    Raises:
        OkngError: the disk is full, or the place cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _flush(temporary)
        temporary.replace(path)
    except OSError as exc:
        raise write_error(exc, path) from exc
    finally:
        with contextlib.suppress(OSError):  # the reason why it cannot be removed is raised above
            temporary.unlink(missing_ok=True)


def write_error(exc: OSError, path: Path) -> OkngError:
    """What a failed write means to the person who waits for the file."""
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OkngError("The disk is full", where=path, hint="Free some space, then --resume.")
    return OkngError(
        f"The file cannot be written: {exc.strerror or exc}",
        where=path,
        hint="Check that the folder exists and may be written to.",
    )


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
