"""Folders as users have them."""

import os
from pathlib import Path
from typing import Any

import pytest

from okng.dataset import add_digests, find_photos
from okng.errors import DatasetError
from okng.testing import Layout, broken_photos, draw_part, encode, write_folder


def test_one_folder_per_class(tmp_path: Path) -> None:
    """The plainest layout."""
    dataset = find_photos(write_folder(tmp_path, good=4, defective=3, size=24))

    assert dataset.classes == ("ok", "defective")
    assert dataset.counts() == {"": {"ok": 4, "defective": 3}}


def test_given_split_is_kept(tmp_path: Path) -> None:
    """Train and test folders become splits."""
    root = write_folder(tmp_path, good=8, defective=8, size=24, layout=Layout.SPLITS)

    assert find_photos(root).counts() == {
        "train": {"ok": 6, "defective": 6},
        "test": {"ok": 2, "defective": 2},
    }


def test_mvtec_is_shared_out_anew(tmp_path: Path) -> None:
    """Its train folder holds no defect, and its masks are no photos."""
    root = write_folder(tmp_path, good=8, defective=8, size=24, layout=Layout.MVTEC)
    dataset = find_photos(root)

    assert dataset.ok_class == "good"
    assert len(dataset) == 16
    assert set(dataset.counts()) == {""}


def test_manifest_gives_label_group_and_split(tmp_path: Path) -> None:
    """A table is as good as folders."""
    write_folder(tmp_path / "x", good=2, defective=1, size=24)
    names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.jpg"))
    lines = [f"{n},{'good' if '/ok/' in n else 'bad'},g{i},train" for i, n in enumerate(names)]
    table = tmp_path / "photos.csv"
    table.write_text("path,label,group,split\n" + "\n".join(lines))

    photos = find_photos(table).photos

    assert [p.label for p in photos] == ["bad", "good", "good"]
    assert {p.split for p in photos} == {"train"}
    assert len({p.group for p in photos}) == 3


def test_parquet_is_read_like_csv(tmp_path: Path) -> None:
    """The other table format."""
    import pandas as pd  # noqa: PLC0415

    write_folder(tmp_path, good=1, defective=1, size=24)
    names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.jpg"))
    pd.DataFrame({"path": names, "label": ["bad", "good"]}).to_parquet(tmp_path / "t.parquet")

    assert [p.label for p in find_photos(tmp_path / "t.parquet").photos] == ["bad", "good"]


def test_faults_of_a_manifest_are_told_together(tmp_path: Path) -> None:
    """All lines at once."""
    table = tmp_path / "photos.csv"
    table.write_text("path,label,split\nabsent.jpg,ok,train\n,,\nphotos.csv,bad,exam\n")

    with pytest.raises(DatasetError) as caught:
        find_photos(table)

    for part in ("absent.jpg", "line 3: no path", "line 3: no label", "'exam'"):
        assert part in caught.value.message


def test_hidden_files_and_link_loops_are_passed_over(tmp_path: Path) -> None:
    """A loop of links ends, and a thumbnail folder is no class."""
    root = write_folder(tmp_path / "p", good=3, defective=3, size=24)
    (root / "ok" / "again").symlink_to(root / "ok", target_is_directory=True)
    (root / ".thumbs").mkdir()
    (root / "ok" / ".hidden.jpg").write_bytes(b"x")

    assert find_photos(root).counts()[""]["ok"] == 3


@pytest.mark.parametrize("make", [
    lambda root: root.exists(),
    lambda root: (root / "ok").mkdir(),
    lambda root: (root / "a.jpg").write_bytes(encode(draw_part(1, size=24).photo)),
])  # fmt: skip
def test_folders_without_classes_are_refused(tmp_path: Path, make: object) -> None:
    """An empty folder, an empty class, photos without a class: the layouts are told."""
    make(tmp_path)  # type: ignore[operator]

    with pytest.raises(DatasetError, match="<class>"):
        find_photos(tmp_path)


def test_one_class_is_refused(tmp_path: Path) -> None:
    """A classifier learns a difference."""
    with pytest.raises(DatasetError, match="only one class"):
        find_photos(write_folder(tmp_path, good=4, defective=0, size=24))


def test_one_photo_of_a_class_is_refused(tmp_path: Path) -> None:
    """Three are needed, and the error says why."""
    found = find_photos(write_folder(tmp_path, good=4, defective=1, size=24))

    with pytest.raises(DatasetError, match="defective has 1") as caught:
        add_digests(found)

    assert "at least 3" in caught.value.message


def test_absent_folder_is_refused(tmp_path: Path) -> None:
    """A typo in the path."""
    with pytest.raises(DatasetError, match="no such folder"):
        find_photos(tmp_path / "absent")


def test_unreadable_photos_are_listed_and_left_out(tmp_path: Path) -> None:
    """Broken files do not stop the others."""
    root = write_folder(tmp_path, good=4, defective=4, size=24)
    broken_photos(root / "ok")

    dataset = add_digests(find_photos(root))

    assert {u.path for u in dataset.unreadable} == {
        "ok/empty.jpg", "ok/truncated.jpg", "ok/text.jpg", "ok/huge.png",
    }  # fmt: skip
    assert len(dataset) == 12


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_forbidden_folder_is_listed(tmp_path: Path) -> None:
    """A folder without read permission is told, not fatal."""
    root = write_folder(tmp_path, good=4, defective=4, size=24)
    (root / "ok" / "locked").mkdir(mode=0)

    found = find_photos(root)

    assert [u.path for u in found.unreadable] == ["ok/locked"]


def test_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the system refuses, whoever runs the test."""
    root = write_folder(tmp_path, good=4, defective=4, size=24)
    (root / "ok" / "locked").mkdir()
    listed = os.scandir

    def refuse(path: Path) -> Any:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert [u.reason for u in find_photos(root).unreadable] == [
        "the folder cannot be read: Permission denied"
    ]
