"""Every file that lies among photos is counted: judged, unreadable, or named as left out."""

from pathlib import Path

import pytest

from okng.dataset import Dataset, Reason, add_digests, find_photos, in_words
from okng.errors import DatasetError
from okng.testing import draw_part, encode


def touch(root: Path, *names: str) -> Path:
    """Small files: layouts are read by names alone."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"?")
    return root


def classes(root: Path, suffix: str = "jpg") -> Path:
    """Three photos of each of two classes."""
    return touch(root, *(f"{c}/{n}.{suffix}" for c in ("ok", "ng") for n in range(3)))


def left_out(dataset: Dataset, reason: Reason) -> dict[str, int]:
    """Files by folder and suffix."""
    return {i.folder + i.suffix: i.files for i in dataset.left_out if i.reason is reason}


def test_other_files_are_counted_by_suffix(tmp_path: Path) -> None:
    """Videos and notes are named, and the photos beside them are all there."""
    root = touch(classes(tmp_path), "ok/a.mp4", "ok/b.MP4", "ng/x.txt", "ng/plain", "readme.md")
    dataset = find_photos(root)

    assert len(dataset) == 6
    assert left_out(dataset, Reason.NO_PHOTO) == {"ok.mp4": 2, "ng.txt": 1, "ng": 1, ".md": 1}
    assert in_words(dataset.left_out).startswith("2 .mp4, ")


@pytest.mark.parametrize("suffix", ["gif", "cr2", "dcm", "JP2"])
def test_photos_of_unread_kinds_are_unreadable_photos(tmp_path: Path, suffix: str) -> None:
    """They are listed with their reason, like a damaged photo."""
    photo = encode(draw_part(1, size=24).photo)
    for number in range(3):
        for name in ("ok", "ng"):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / f"{number}.jpg").write_bytes(photo)
    (tmp_path / "ok" / f"x.{suffix}").write_bytes(b"no photo that is read")

    dataset = add_digests(find_photos(tmp_path))

    assert [item.path for item in dataset.unreadable] == [f"ok/x.{suffix}"]


@pytest.mark.parametrize("system", ["@eaDir", "#recycle", "$RECYCLE.BIN", "__MACOSX", ".Trash-1",
                                    "System Volume Information", "lost+found"])  # fmt: skip
@pytest.mark.parametrize("place", ["", "ok/"])
def test_system_folders_are_no_classes(tmp_path: Path, system: str, place: str) -> None:
    """What drives and systems leave is counted once and never a photo."""
    dataset = find_photos(touch(classes(tmp_path), f"{place}{system}/ok/1.jpg"))

    assert dataset.classes == ("ok", "ng")
    assert len(dataset) == 6
    assert left_out(dataset, Reason.SYSTEM) == {f"{place}{system}": 1}


def test_folder_beside_the_splits_is_named(tmp_path: Path) -> None:
    """Photos beside train and test do not vanish."""
    for split in ("train", "Test_Set", "new_defects"):
        classes(tmp_path / split)
    dataset = find_photos(tmp_path)

    assert dataset.counts() == {s: {"ok": 3, "ng": 3} for s in ("train", "test")}
    assert "folder new_defects with 6 photos" in in_words(dataset.left_out)


def test_photos_in_no_class_folder_are_named(tmp_path: Path) -> None:
    """They are not called damaged."""
    dataset = find_photos(touch(classes(tmp_path), "stray.jpg"))

    assert left_out(dataset, Reason.NO_CLASS) == {"": 1}
    assert not dataset.unreadable


def test_errors_name_what_lies_there(tmp_path: Path) -> None:
    """`No photos` says what there is instead."""
    with pytest.raises(DatasetError, match=r"2 \.mp4"):
        find_photos(touch(tmp_path, "ok/a.mp4", "ng/b.mp4"))


def test_one_class_folder_gets_the_folder_above(tmp_path: Path) -> None:
    """Who gives PHOTOS/ok is sent one folder up."""
    with pytest.raises(DatasetError, match="one class folder: give the folder above"):
        find_photos(classes(tmp_path) / "ok")
