"""One process at a time works in a run folder: two would overwrite each other's files."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from okng.errors import RunBusyError
from okng.files import write_error
from okng.runs.layout import RunFolder
from okng.runs.state import read_state


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the lock of a run folder while the context lasts.

    It is a lock of the operating system on the file `.lock`: it ends with the process, however
    that ends, so a killed run can be resumed at once.

    Args:
        folder: the run folder; it is there.

    Raises:
        RunBusyError: another process, or another thread of this one, holds it.
    """
    with claimed_if_free(folder) as mine:
        if not mine:
            raise _busy(folder)
        yield


@contextlib.contextmanager
def claimed_if_free(folder: Path) -> Iterator[bool]:
    """The same where several processes may work on one study: whether this one is the first."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - not needed by every verb

    file = RunFolder(folder).lock
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as exc:
        raise write_error(exc, file) from exc
    try:
        yield True
    finally:
        with contextlib.suppress(OSError):  # Windows keeps a file that is open
            file.unlink()
        lock.release()


def _busy(folder: Path) -> RunBusyError:
    state = read_state(folder)
    who = f" (process {state.pid} on {state.host})" if state else ""
    return RunBusyError(
        f"Another process works on this run{who}",
        where=folder,
        hint="Wait until it is done, or stop it; then `resume` continues the run.",
    )
