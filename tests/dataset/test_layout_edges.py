"""okng.dataset.loading.folder_layout: what real folders hold beside the photos one expects."""

import os
from pathlib import Path
from typing import Any

import pytest

from okng.dataset import add_digests, find_photos
from okng.errors import DatasetError
from okng.testing import write_folder


def touch(root: Path, *names: str) -> Path:
    """Empty files: layouts are told by names alone."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def three(folder: str) -> list[str]:
    """Names of three photos."""
    return [f"{folder}/{number}.jpg" for number in range(3)]


def test_any_depth_and_suffix(tmp_path: Path) -> None:
    """Photos count at any depth and in any case, hidden and other files do not."""
    photos = [*three("ok/line1/monday"), "ng/4.PNG", "ng/5.tiff"]
    touch(tmp_path, *photos, "ng/notes.txt", "ng/.hidden.jpg", ".cache/x/1.jpg", "readme.md")
    dataset = find_photos(tmp_path)
    assert [photo.path for photo in dataset.photos] == sorted(photos)
    assert dataset.paths()[0] == tmp_path / "ng" / "4.PNG"
    assert dataset.labels().tolist() == [1, 1, 0, 0, 0]


@pytest.mark.parametrize("validation", ["val", "valid", "Validation"])
def test_validation_has_many_names(tmp_path: Path, validation: str) -> None:
    """The folder of the validation split is known under its usual names."""
    folders = [f"{split}/{name}" for split in ("train", validation, "test") for name in "ab"]
    touch(tmp_path, *(photo for folder in folders for photo in three(folder)))
    dataset = find_photos(tmp_path, no_ok=True)
    assert dataset.counts() == {s: {"a": 3, "b": 3} for s in ("train", "val", "test")}
    assert {p.path.split("/")[0] for p in dataset.select("val").photos} == {validation}


def test_split_and_class_folders_side_by_side(tmp_path: Path) -> None:
    """A folder `test` beside class folders is refused: photos would be ignored in silence."""
    touch(tmp_path, *three("ok"), *three("ng"), *three("test/ok"))
    with pytest.raises(DatasetError, match=r"split \(test\) and of classes \(ng, ok\)"):
        find_photos(tmp_path)


def test_photo_in_no_class_is_listed(tmp_path: Path) -> None:
    """A photo beside the class folders is not lost without a word."""
    touch(tmp_path, *three("ok"), *three("ng"), "stray.jpg")
    dataset = find_photos(tmp_path)
    assert len(dataset) == 6
    assert [item.first for item in dataset.left_out] == ["stray.jpg"]


def test_links_are_followed_once(tmp_path: Path) -> None:
    """Linked folders count, loops end, and two links to one folder do not double it."""
    store = touch(tmp_path / "store", "1.jpg", "2.jpg", "deep/3.jpg")
    photos = touch(tmp_path / "photos", *three("ng"), "ok/0.jpg")
    (photos / "ok" / "more").symlink_to(store)
    (photos / "ok" / "again").symlink_to(store)
    (photos / "ok" / "self").symlink_to("self")
    (store / "deep" / "back").symlink_to(photos / "ok")
    found = [Path(p.path).name for p in find_photos(photos).photos if p.label == "ok"]
    assert sorted(found) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]


def test_locked_class_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that cannot be read at all does not vanish from the training in silence."""
    write_folder(tmp_path, good=3, defective=12, by_type=True, size=24)
    listed = os.scandir

    def scandir(path: Path) -> Any:
        if Path(path).name == "scratch":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(DatasetError, match=r"scratch has 0(.|\n)*Permission denied"):
        add_digests(find_photos(tmp_path))
