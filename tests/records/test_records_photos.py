"""Photos are stored by their content, in a folder or by fsspec, and never outside of it."""

import hashlib
import os
from pathlib import Path

import pytest

from okng.config.station import Store
from okng.errors import OkngError
from okng.records.photos import PhotoStore, is_stored, place_of

JPEG, PNG = b"\xff\xd8\xff photo", b"\x89PNG\r\n\x1a\n heatmap"


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return PhotoStore(tmp_path / "photos")
    pytest.importorskip("fsspec")
    return PhotoStore(f"memory://{tmp_path.name}/photos")


def test_a_photo_reads_back(store: PhotoStore) -> None:
    """Its place follows from its content; the same content is stored once."""
    first, second = store.put(JPEG), store.put(JPEG)

    assert first == second == place_of(JPEG)
    assert first.digest == hashlib.sha256(JPEG).hexdigest()
    assert first.path.endswith(f"{first.digest}.jpg")
    assert (store.get(first.path), store.size(first.path)) == (JPEG, len(JPEG))
    assert store.usage() == len(JPEG)


def test_a_heatmap_is_read_by_its_digest(store: PhotoStore) -> None:
    """It is a PNG file, so its digest is enough."""
    assert store.heatmap(store.put(PNG).digest) == PNG


def test_a_removed_photo_is_gone(store: PhotoStore) -> None:
    """Removing gives its bytes, a second time none; reading is an error with a way out."""
    place = store.put(JPEG)

    assert [store.remove(place.path), store.remove(place.path)] == [len(JPEG), 0]
    with pytest.raises(OkngError, match="gone") as caught:
        store.get(place.path)
    assert caught.value.code == "photo-store.failed"


@pytest.mark.parametrize(
    "path",
    ["../secret", "/etc/passwd", "ab/cd/../../x.jpg", f"ab/cd/{'e' * 64}.jpg",
     f"aa/aa/{'a' * 64}.exe", f"aa/aa/{'a' * 64}.jpg\n", f"aa\\aa\\{'a' * 64}.jpg", ""],
)  # fmt: skip
def test_a_path_from_outside_is_refused(store: PhotoStore, path: str) -> None:
    """Only what a digest gives is a place."""
    for use in (store.get, store.size, store.remove):
        with pytest.raises(OkngError) as caught:
            use(path)
        assert caught.value.code == "photo-store.failed"
    with pytest.raises(OkngError):
        store.heatmap(path)


def test_a_changed_photo_is_refused(tmp_path: Path) -> None:
    """What is shown is what was inspected."""
    store = PhotoStore(tmp_path)
    place = store.put(JPEG)
    (tmp_path / place.path).write_bytes(b"\xff\xd8\xff other")

    with pytest.raises(OkngError, match="changed"):
        store.get(place.path)


def test_a_store_that_is_gone_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    """A file where the folder should be, as after a lost mount."""
    (tmp_path / "photos").write_text("no folder")
    store = PhotoStore(tmp_path / "photos")
    for work in (lambda: store.put(JPEG), store.check):
        with pytest.raises(OkngError) as caught:
            work()
        assert caught.value.code == "photo-store.failed"
        assert "free space" in caught.value.message


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_store_is_an_error_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full: the code is that of the store, so that the station can go on judging."""
    monkeypatch.setattr(os, "fsync", lambda _file: _full())
    with pytest.raises(OkngError, match="full") as caught:
        PhotoStore(tmp_path).put(JPEG)

    assert caught.value.code == "photo-store.failed"


def test_a_healthy_store_passes_its_check(store: PhotoStore) -> None:
    """And is as it was before."""
    store.check()

    assert store.usage() == 0


def test_an_unknown_kind_of_store_is_refused() -> None:
    """Whatever the URL is."""
    with pytest.raises(OkngError, match="cannot be opened"):
        PhotoStore("nonsense://x/y")


@pytest.mark.parametrize(
    ("rule", "stored"),
    [
        (Store.ALL, [True] * 4),
        (Store.REJECTED, [False, True, True, True]),
        (Store.NONE, [False] * 4),
    ],
)
def test_the_setting_decides_what_is_stored(rule: Store, stored: list[bool]) -> None:
    """All, only what did not pass, or nothing."""
    assert [is_stored(rule, verdict) for verdict in ("OK", "NG", "REVIEW", "ERROR")] == stored


def _full() -> None:
    with open("/dev/full", "wb", buffering=0) as file:  # noqa: PTH123
        os.write(file.fileno(), b"x")
