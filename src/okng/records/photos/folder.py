"""Photos in a folder of this machine, spread over 65,536 folders so that none grows large."""

import contextlib
import io
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from okng.files import write_error


class Folder:
    """Files below a folder, by checked relative paths."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, path: str, content: bytes) -> None:
        """Write a file: at any moment it is whole or not there.

        It has no other form before, so it takes a fourth of the calls of `okng.files`: each of them
        gives the interpreter away to the threads that judge.

        Raises:
            OkngError: the disk is full, or the path cannot be written.
        """
        target = self._root / path
        folder, name = os.path.split(target)
        temporary = f"{folder}/.{name[:20]}.{os.getpid()}.{secrets.token_hex(4)}.tmp"
        try:
            with _new_file(temporary, folder) as file:
                rest = memoryview(content)
                while rest:  # a disk that is nearly full takes a part, then none
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except OSError as exc:
            with contextlib.suppress(OSError):  # the error has the same cause
                Path(temporary).unlink(missing_ok=True)
            raise write_error(exc, target) from exc

    def read(self, path: str) -> bytes:
        """The content of a file."""
        return (self._root / path).read_bytes()

    def size(self, path: str) -> int | None:
        """Bytes of a file; None where nothing is."""
        try:
            return (self._root / path).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, path: str) -> None:
        """Delete a file."""
        (self._root / path).unlink(missing_ok=True)

    def usage(self) -> int:
        """Bytes of all files."""
        return sum(_sizes(self._root)) if self._root.exists() else 0


def _new_file(path: str, folder: str) -> io.FileIO:
    """A file that was not there; its folder is made where it is missing."""
    try:
        return io.FileIO(path, "x")
    except FileNotFoundError:
        Path(folder).mkdir(parents=True, exist_ok=True)
        return io.FileIO(path, "x")


def _sizes(folder: Path) -> Iterator[int]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _sizes(Path(entry.path))
        elif not entry.name.startswith("."):  # a temporary file of a write that is on its way
            yield entry.stat(follow_symlinks=False).st_size
