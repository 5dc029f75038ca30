"""okng.dataset.folders: what lies in a folder, without a question for each file."""

from pathlib import Path

import pytest

from okng.dataset.folders import Entry, entries


def test_photos_and_folders_are_listed_by_name(tmp_path: Path) -> None:
    """Hidden files and other kinds of files are left out; links to folders count as folders."""
    for name in ("b.JPG", "a.png", ".hidden.png", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "z").mkdir()
    (tmp_path / "c").symlink_to(tmp_path / "z")

    assert entries(tmp_path) == [
        Entry("a.png", is_folder=False),
        Entry("b.JPG", is_folder=False),
        Entry("c", is_folder=True),
        Entry("z", is_folder=True),
    ]


def test_files_are_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million questions to the file system would take a minute."""
    for number in range(20):
        (tmp_path / f"{number}.jpg").touch()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was asked for")

    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr("os.stat", refuse)

    assert len(entries(tmp_path)) == 20
