"""Files that are whole or not there: written under a temporary name, flushed, and renamed.

A file that is there already stays what it is: a link leads on to its target, which gets the new
content, and mode and owner stay.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from okng.errors import OkngError
from okng.text import to_bytes


def write_atomic(path: Path, content: bytes | str, *, mode: int | None = None) -> None:
    """Write a file so that a reader, or a kill at any moment, sees the old or the new, whole.

    Text is written as UTF-8; what is none in a file name becomes an escape (`okng.text`).

    Args:
        path: the file.
        content: bytes or text.
        mode: rights of a new file, from its first byte on; None leaves them to the system.

    Raises:
        OkngError: the disk is full, or the place cannot be written.
    """
    data = to_bytes(content) if isinstance(content, str) else content
    with whole_file(path) as temporary:
        if mode is not None:
            temporary.touch(mode)
        temporary.write_bytes(data)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to it when the context ends well.

    Raises:
        OkngError: the disk is full, or the place cannot be written.
    """
    target = Path(os.path.realpath(path))
    # Short, since the name of the target may be as long as the system allows.
    temporary = target.with_name(f".{target.name[:20]}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        before = _regular(target)
        yield temporary
        _flush(temporary)
        if before is not None:
            _keep_rights(temporary, before)
        temporary.replace(target)
    except OSError as exc:
        raise write_error(exc, path) from exc
    finally:
        with contextlib.suppress(OSError):  # the reason why it cannot be removed is raised above
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes and threads of okng from changing a file, as long as the context lasts.

    Waits until it is free. The lock is a hidden file beside it, which goes with the last holder.

    Raises:
        OkngError: the folder cannot be written.
    """
    from filelock import FileLock  # noqa: PLC0415 - not needed by every verb

    target = Path(os.path.realpath(path))
    lock = target.with_name(f".{target.name[:20]}.lock")
    try:
        with FileLock(lock):
            try:
                yield
            finally:
                with contextlib.suppress(OSError):  # Windows keeps a file that is open
                    lock.unlink()
    except OSError as exc:
        raise write_error(exc, path) from exc


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


def _regular(path: Path) -> os.stat_result | None:
    """What is known of the file that is there; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is a folder, a pipe or a device")
    return found


def _keep_rights(path: Path, before: os.stat_result) -> None:
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):  # only root gives files away
            os.chown(path, before.st_uid, before.st_gid)
    path.chmod(stat.S_IMODE(before.st_mode))
