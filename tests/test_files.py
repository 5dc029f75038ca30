"""okng.files: a file is whole, or it is the one from before."""

import errno
import os
from pathlib import Path

import pytest

from okng.errors import OkngError
from okng.files import whole_file, write_atomic


def test_write_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    """The new content is there, in UTF-8, and no temporary file."""
    file = tmp_path / "new" / "a.txt"
    write_atomic(file, "old")
    write_atomic(file, "größer\n")
    assert file.read_bytes() == "größer\n".encode()
    assert os.listdir(file.parent) == ["a.txt"]


def test_failed_write_keeps_the_old(tmp_path: Path) -> None:
    """Whatever goes wrong in between, the old file stays and the temporary one goes."""
    file = tmp_path / "a.txt"
    write_atomic(file, "old")
    with pytest.raises(KeyError), whole_file(file) as temporary:
        temporary.write_text("half")
        raise KeyError
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_flushed_before_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content reaches the disk before the name does, so a power cut leaves no empty file."""
    steps: list[str] = []
    replace, fsync = Path.replace, os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (steps.append("flush"), fsync(number)))
    monkeypatch.setattr(
        Path, "replace", lambda path, to: (steps.append("rename"), replace(path, to))
    )
    write_atomic(tmp_path / "a.txt", b"content")
    assert steps == ["flush", "rename"]


def test_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is called that, with the file that did not fit."""

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OkngError, match="The disk is full") as caught:
        write_atomic(tmp_path / "a.txt", "content")
    assert caught.value.where == tmp_path / "a.txt"
    assert os.listdir(tmp_path) == []


def test_impossible_place_is_our_error(tmp_path: Path) -> None:
    """A file where a folder should be is explained, not a bare OSError."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OkngError, match="cannot be written"):
        write_atomic(tmp_path / "file" / "a.txt", "content")
