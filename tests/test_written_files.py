"""okng.files: a file is whole, or it is the one from before."""

import errno
import os
from pathlib import Path

import pytest

from okng.errors import OkngError
from okng.files import whole_file, write_atomic


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return [path.name for path in folder.iterdir()]


def fail_halfway(file: Path) -> None:
    """Write something, and run into a bug."""
    with whole_file(file) as temporary:
        temporary.write_text("half")
        raise KeyError


def test_write_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    """The new content is there, in UTF-8, and no temporary file."""
    file = tmp_path / "new" / "a.txt"
    write_atomic(file, "old")
    write_atomic(file, "größer\n")
    assert file.read_bytes() == "größer\n".encode()
    assert names(file.parent) == ["a.txt"]


def test_failed_write_keeps_the_old(tmp_path: Path) -> None:
    """Whatever goes wrong in between, the old file stays and the temporary one goes."""
    file = tmp_path / "a.txt"
    write_atomic(file, "old")
    with pytest.raises(KeyError):
        fail_halfway(file)
    assert file.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_flushed_before_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content reaches the disk before the name does, so a power cut leaves no empty file."""
    steps: list[str] = []
    replace, fsync = Path.replace, os.fsync

    def noted_fsync(number: int) -> None:
        steps.append("flush")
        fsync(number)

    def noted_replace(path: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
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
    assert names(tmp_path) == []


def test_impossible_place_is_our_error(tmp_path: Path) -> None:
    """A file where a folder should be is explained, not a bare OSError."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OkngError, match="cannot be written"):
        write_atomic(tmp_path / "file" / "a.txt", "content")
