"""Files that change while they are read."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Self

import pytest

from okng import preprocess
from okng.errors import PhotoError, PhotoFault
from okng.preprocess import files
from okng.testing import draw_part, encode

PART = encode(draw_part(1, size=64).photo)


class _Changed:
    """A file that somebody changes while it is read."""

    def __init__(self, file: BinaryIO, change: Callable[[], object]) -> None:
        self._file, self._change = file, change
        self.fileno = file.fileno

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def read(self) -> bytes:
        data = self._file.read()
        self._change()
        return data


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A whole photo."""
    path = tmp_path / "part.jpg"
    path.write_bytes(PART)
    return path


def _grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _cut(path: Path) -> None:
    os.truncate(path, 100)


def _written_over(path: Path) -> None:
    """In place and with the same size, one millisecond later."""
    status = path.stat()
    with path.open("r+b") as file:
        file.write(PART[::-1])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


@pytest.mark.parametrize("change", [_grown, _cut, _written_over])
def test_a_file_that_changes_is_refused(
    photo: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bytes may be those of two photos; the next reading gets one of them."""
    opened = files.open_file
    with monkeypatch.context() as patch:
        patch.setattr(files, "open_file", lambda path: _Changed(opened(path), lambda: change(path)))
        with pytest.raises(PhotoError, match="changed while it was read") as caught:
            preprocess.read_bytes(photo)

    assert caught.value.fault is PhotoFault.DAMAGED
    assert preprocess.read_bytes(photo) == photo.read_bytes()


def test_a_file_that_is_replaced_is_read_as_it_was(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another file in its place, as a careful camera writes it, changes nothing that is read."""
    other = photo.with_name("other.jpg")
    other.write_bytes(b"another photo")
    opened = files.open_file
    with monkeypatch.context() as patch:
        patch.setattr(
            files, "open_file", lambda path: _Changed(opened(path), lambda: other.replace(path))
        )
        assert preprocess.read_bytes(photo) == PART
