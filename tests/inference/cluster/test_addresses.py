"""What a user names for a cluster -> addresses that every node understands, each once."""

from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from okng.error_codes import Code
from okng.errors import DatasetError, OkngError
from okng.inference.cluster import find_addresses
from okng.inference.cluster.remote import fetch
from okng.inference.frames import ReadError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files named as photos, and a text."""
    for name in ("b.jpg", "a.png", "notes.md"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def test_folder_gives_absolute_paths(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker starts in another folder."""
    monkeypatch.chdir(folder.parent)
    found = find_addresses([folder.name])

    assert found.photos == [str(folder / "a.png"), str(folder / "b.jpg")]
    assert [item.suffix for item in found.left_out] == [".md"]


def test_photo_that_is_named_twice_is_judged_once(folder: Path) -> None:
    """A row per photo, not per mention: addresses are the keys of a resume."""
    found = find_addresses([str(folder / "b.jpg"), str(folder)])

    assert found.photos == [str(folder / "b.jpg"), str(folder / "a.png")]


@pytest.mark.parametrize("suffix", [".txt", ".csv", ".parquet"])
def test_list_names_photos_beside_itself(folder: Path, suffix: str) -> None:
    """Relative to its own folder, as a manifest; URLs stay as they are."""
    lines = ["b.jpg", "/photos/c.jpg", "s3://bucket/d.jpg"]
    file = folder / f"list{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.table({"path": lines}), file)
    else:
        head = ["path"] if suffix == ".csv" else []
        file.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8-sig")

    assert find_addresses([str(file)]).photos == [str(folder / "b.jpg"), *lines[1:]]


def test_list_without_its_column_is_refused(folder: Path) -> None:
    """Naming the column that it needs."""
    (folder / "list.csv").write_text("file\nb.jpg\n")
    with pytest.raises(DatasetError, match="a column path"):
        find_addresses([str(folder / "list.csv")])


@pytest.mark.parametrize("below", ["", "/*.jpg"])
def test_url_of_a_folder_or_pattern_gives_its_photos(below: str) -> None:
    """By fsspec; here in memory, as S3 and the like."""
    for name in ("b.jpg", "sub/a.jpg", "notes.md"):
        fsspec.filesystem("memory").pipe_file(f"/shop{below and 'p'}/{name}", b"x")
    url = f"memory://shop{below and 'p'}{below}"
    names = [photo.removeprefix("memory://") for photo in find_addresses([url]).photos]

    assert names == (["/shopp/b.jpg"] if below else ["/shop/b.jpg", "/shop/sub/a.jpg"])


def test_url_of_a_file_is_taken_whatever_its_name() -> None:
    """Whether it is a photo shows later, in its row."""
    assert find_addresses(["memory://none/part"]).photos == ["memory://none/part"]


def test_nothing_is_an_error(folder: Path) -> None:
    """An empty list judges nothing."""
    (folder / "list.txt").write_text("\n\n")
    with pytest.raises(DatasetError, match="No photo was found") as caught:
        find_addresses([str(folder / "list.txt")])

    assert caught.value.code == Code.PHOTOS_NONE


def test_kind_of_url_that_is_not_installed_names_the_way_out() -> None:
    """The package has to be on every node."""
    with pytest.raises(OkngError, match="every node"):
        find_addresses(["nowhere://bucket/photos"])


def test_fetched_photo_is_its_bytes() -> None:
    """As the store has them."""
    fsspec.filesystem("memory").pipe_file("/one/a.jpg", b"content")

    assert fetch("memory://one/a.jpg") == b"content"


def test_photo_that_is_gone_is_a_fault_with_its_address() -> None:
    """It becomes a row, and costs no other photo its verdict."""
    fault = fetch("memory://one/gone.jpg")

    assert isinstance(fault, ReadError)
    assert (fault.code, fault.path) == (Code.PHOTO_DENIED, "memory://one/gone.jpg")
