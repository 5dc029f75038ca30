"""Photos in a folder of this machine, spread over 65,536 folders so that none grows large."""

import os
from collections.abc import Iterator
from pathlib import Path

from okng.files import write_atomic


class Folder:
    """Files below a folder, by checked relative paths."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, path: str, content: bytes) -> None:
        """Write a file: at any moment it is whole or not there."""
        write_atomic(self._root / path, content)

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


def _sizes(folder: Path) -> Iterator[int]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _sizes(Path(entry.path))
        elif not entry.name.startswith("."):  # a temporary file of a write that is on its way
            yield entry.stat(follow_symlinks=False).st_size
