"""What a user names on the command line becomes photos."""

import os
from pathlib import Path

import pytest

from okng.dataset import in_words
from okng.errors import DatasetError
from okng.inference.paths import expand, find_named


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


def test_names_tell_photos_of_several_arguments_apart(tmp_path: Path) -> None:
    """Two stations number alike: no heatmap overwrites another."""
    for station in ("a", "b"):
        (tmp_path / station).mkdir()
        (tmp_path / station / "1.jpg").touch()
    both = [str(tmp_path / "a"), str(tmp_path / "b")]
    files = [f"{folder}/1.jpg" for folder in both]

    for arguments in (both, files, [f"{tmp_path}/*/1.jpg"]):
        assert [p.name.as_posix() for p in expand(arguments)] == ["a/1.jpg", "b/1.jpg"]


def test_pattern_and_folder_find_the_same(tmp_path: Path) -> None:
    """Photos of unread kinds count as photos, others are named as left out."""
    for name in ("a.jpg", "b.gif", "c.jfif", "notes.txt", "Thumbs.db"):
        (tmp_path / name).touch()
    folder, pattern = find_named([str(tmp_path)]), find_named([f"{tmp_path}/*"])

    assert [p.path.name for p in folder.photos] == ["a.jpg", "b.gif", "c.jfif"]
    assert [p.path for p in pattern.photos] == [p.path for p in folder.photos]
    assert in_words(pattern.left_out) == in_words(folder.left_out)
    assert in_words(folder.left_out) == "1 .txt; 1 file of the system (Thumbs.db)"


def test_nothing_found_names_what_lies_there(tmp_path: Path) -> None:
    """A folder of videos is not called empty."""
    (tmp_path / "a.mp4").touch()
    with pytest.raises(DatasetError, match=r"left out: 1 \.mp4"):
        expand([str(tmp_path)])
