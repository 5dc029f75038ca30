"""What a user names on the command line becomes photos."""

import os
from pathlib import Path

import pytest

from okng.errors import DatasetError
from okng.predict.photos import expand


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two levels, a hidden file, and a text."""
    for name in ("b.jpg", "a.PNG", "sub/c.tif", ".d.jpg", "sub/.e/f.jpg", "notes.txt"):
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path / "p"


def test_folder_is_searched_to_any_depth(folder: Path) -> None:
    """In order, without hidden files and other kinds."""
    assert [p.name.as_posix() for p in expand([str(folder)])] == ["a.PNG", "b.jpg", "sub/c.tif"]


def test_folder_that_cannot_be_read_is_kept_to_be_reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its photos have no verdict, and nobody shall think that they had one."""
    scandir = os.scandir

    def guarded(path: Path) -> object:
        if path.name == "sub":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)

    assert [p.name.as_posix() for p in expand([str(folder)])] == ["a.PNG", "b.jpg", "sub"]


def test_folder_that_links_to_itself_is_entered_once(folder: Path) -> None:
    """Such links occur on network drives."""
    (folder / "sub" / "again").symlink_to(folder, target_is_directory=True)

    assert len(expand([str(folder)])) == 3


def test_named_file_is_taken_whatever_it_is_called(folder: Path) -> None:
    """Whether it is a photo shows later."""
    assert [p.path.name for p in expand([str(folder / "notes.txt")])] == ["notes.txt"]


def test_absent_file_is_kept_to_be_reported(folder: Path) -> None:
    """It gets a row with the reason, like any photo that cannot be read."""
    assert len(expand([str(folder / "absent.jpg"), str(folder / "b.jpg")])) == 2


def test_patterns_reach_into_folders(folder: Path) -> None:
    """As a shell would, where no shell did."""
    found = expand([f"{folder}/**/*.tif"])

    assert [p.path.name for p in found] == ["c.tif"]


def test_nothing_found_is_an_error(tmp_path: Path) -> None:
    """An empty folder is told, with what was looked for."""
    with pytest.raises(DatasetError, match=r"\.jpeg"):
        expand([str(tmp_path)])


def test_file_whose_name_looks_like_a_pattern_is_itself(tmp_path: Path) -> None:
    """Brackets occur in names."""
    (tmp_path / "part[1].jpg").write_bytes(b"")

    assert [p.path.name for p in expand([str(tmp_path / "part[1].jpg")])] == ["part[1].jpg"]
