"""Folders below class folders: harmless, or the classes themselves."""

from pathlib import Path

import pytest

from okng.dataset import find_photos
from okng.errors import DatasetError


def make(root: Path, *folders: str) -> Path:
    """Three photos in each folder."""
    for folder in folders:
        (root / folder).mkdir(parents=True)
        for number in range(3):
            (root / folder / f"{number}.jpg").touch()
    return root


@pytest.mark.parametrize("folders", [
    ("line1/ok", "line1/ng", "line2/ok", "line2/ng"),
    ("ok line/ok", "ok line/ng", "spare line/ok", "spare line/ng"),
    ("2024/lineA/ok", "2024/lineA/ng", "2025/lineB/ok"),
    ("bottle/train/good", "bottle/test/broken", "cable/train/good"),
    ("ok/train", "ok/test", "ng/train", "ng/test"),
    ("ok", "line2/gut", "line2/schlecht"),
    ("old/scratch", "old/dent", "young/scratch", "young/dent"),
])  # fmt: skip
@pytest.mark.parametrize("ok", [None, "ok"])
def test_labels_are_never_lost_with_a_level(
    tmp_path: Path, folders: tuple[str, ...], ok: str | None
) -> None:
    """Names of classes or splits below classes are refused, with a way out, also with --ok."""
    with pytest.raises(DatasetError, match="look like classes or splits") as caught:
        find_photos(make(tmp_path, *folders), ok=ok)
    assert "manifest path,label" in caught.value.message


@pytest.mark.parametrize("folders", [
    ("ok/monday", "ok/tuesday", "ng/scratches"),
    ("ok/cam1", "ok/cam2", "scratch/cam1", "scratch/cam2"),
    ("ok/2024-01", "ng/2024-01", "ng/2024-02"),
    ("ok/ok", "ng/ng"),
    ("ok/lotA7", "ng/lotA7"),
])  # fmt: skip
def test_days_cameras_and_parts_are_harmless(tmp_path: Path, folders: tuple[str, ...]) -> None:
    """Folders of one class alone, or with plain names and numbers, belong to their class."""
    dataset = find_photos(make(tmp_path, *folders))

    assert len(dataset) == 3 * len(folders)
    assert {photo.label for photo in dataset.photos} == {f.split("/")[0] for f in folders}


def test_lonely_folders_are_gone_through(tmp_path: Path) -> None:
    """An archive that was unpacked into its own folder is read, and the place is named."""
    root = make(tmp_path, "archive/product/train/ok", "archive/product/train/ng",
                "archive/product/test/ok", "archive/product/test/ng")  # fmt: skip
    dataset = find_photos(root)

    assert dataset.counts() == {s: {"ok": 3, "ng": 3} for s in ("train", "test")}
    assert dataset.photos[0].path.startswith("archive/product/")
    assert "archive/product" in dataset.class_folder


def test_mvtec_ad2(tmp_path: Path) -> None:
    """train/good, validation/good, test_public/{good,bad}: all are shared out anew."""
    root = make(tmp_path, "train/good", "validation/good", "test_public/good", "test_public/bad")

    assert find_photos(root).counts() == {"": {"good": 9, "bad": 3}}


@pytest.mark.parametrize(("suffix", "kind"), [("txt", "YOLO"), ("xml", "VOC"), ("json", "COCO")])
def test_detection_exports_are_named(tmp_path: Path, suffix: str, kind: str) -> None:
    """images/ and labels/ are an export, not two classes."""
    root = make(tmp_path, "train/images", "valid/images")
    (root / "train" / "labels").mkdir()
    (root / "train" / "labels" / f"0.{suffix}").touch()
    with pytest.raises(DatasetError, match=kind):
        find_photos(root)


def test_photos_with_a_table_are_sent_to_it(tmp_path: Path) -> None:
    """One folder of photos and labels.csv: the table is what to give."""
    (make(tmp_path, "images") / "labels.csv").write_text("path,label\n")
    with pytest.raises(DatasetError, match=r"Give the table in place(.|\n)*labels\.csv"):
        find_photos(tmp_path)


def test_classes_below_images_are_read(tmp_path: Path) -> None:
    """`Data/Images/{Normal,Anomaly}` with tables beside it is a level of classes."""
    root = make(tmp_path, "candle/Data/Images/Normal", "candle/Data/Images/Anomaly")
    (root / "candle" / "image_anno.csv").write_text("image,label\n")

    assert find_photos(root).classes == ("Normal", "Anomaly")


@pytest.mark.parametrize("source", ["https://example.com/a.zip", "s3:/bucket/photos"])
def test_addresses_are_named(source: str) -> None:
    """Also where a path object has joined the slashes."""
    with pytest.raises(DatasetError, match="address"):
        find_photos(source)


@pytest.mark.parametrize(("name", "content", "what"), [
    ("a.zip", b"PK\x03\x04", "archive"), ("a.csv", b"PK\x03\x04", "archive"),
    ("a.xlsx", b"PK\x03\x04", "spreadsheet"), ("a.jpg", b"\xff\xd8\xff", "single photo"),
    ("a.json", b"{}", "JSON file"), ("a.onnx", b"?", "ONNX file"),
])  # fmt: skip
def test_what_is_handed_in_is_named(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    """An archive is not called a broken CSV."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=what):
        find_photos(tmp_path / name)
