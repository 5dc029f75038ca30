"""Atomic writes: a file is written under a temporary name, flushed to disk, and renamed.

An existing file keeps its mode and owner. A symbolic link stays; its target gets the new content.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from okng.error_codes import Code
from okng.errors import OkngError
from okng.text import to_bytes


def write_atomic(path: Path, content: bytes | str, *, mode: int | None = None) -> None:
    """Write a file atomically: at any moment, also after a kill, it has its old or its new content.

    Text is written as UTF-8; bytes of file names that are not UTF-8 become escapes (`okng.text`).

    Args:
        path: the file.
        content: bytes or text.
        mode: permissions of a new file, from its first byte on; None uses those of the system.

    Raises:
        OkngError: the disk is full, or the path cannot be written.
    """
    data = to_bytes(content) if isinstance(content, str) else content
    with whole_file(path) as temporary:
        if mode is not None:
            temporary.touch(mode)
        temporary.write_bytes(data)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to it when the context ends without an exception.

    Raises:
        OkngError: the disk is full, or the path cannot be written.
    """
    target = Path(os.path.realpath(path))
    # 20 characters, since the name of the target may be as long as the file system allows.
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
        with contextlib.suppress(OSError):  # the error above has the same cause
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock a file against other processes and threads of okng until the context ends.

    Waits until the lock is free. The lock is a hidden file beside it; its last holder removes it.

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
                with contextlib.suppress(OSError):  # Windows does not remove an open file
                    lock.unlink()
    except OSError as exc:
        raise write_error(exc, path) from exc


def write_error(exc: OSError, path: Path) -> OkngError:
    """Translates a failed write into an error for the user."""
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OkngError(
            "The disk is full",
            where=path,
            hint="Free some space, and repeat the command; a run goes on with `resume`.",
            code=Code.DISK_FULL,
        )
    return OkngError(
        f"The file cannot be written: {exc.strerror or exc}",
        where=path,
        hint="Check that the folder exists and may be written to.",
        code=Code.FILE_NOT_WRITABLE,
    )


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _regular(path: Path) -> os.stat_result | None:
    """The status of an existing regular file; None if there is no file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is a folder, a pipe or a device")
    return status


def _keep_rights(path: Path, before: os.stat_result) -> None:
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):  # only root may change the owner
            os.chown(path, before.st_uid, before.st_gid)
    path.chmod(stat.S_IMODE(before.st_mode))
