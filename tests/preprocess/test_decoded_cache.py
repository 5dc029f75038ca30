"""The cache of decoded photos: each is decoded once, and nothing else changes."""

import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng import preprocess
from okng.errors import PhotoError
from okng.preprocess import DecodedCache, decode_anew, decoding, keep_decoded
from okng.preprocess.kinds import Kind
from okng.testing import encode

NOISE = np.random.default_rng(4).integers(0, 256, (20, 30, 3), dtype=np.uint8)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Grey, colour, transparent and 16 bit."""
    alpha = np.dstack([NOISE, np.arange(600, dtype=np.uint8).reshape(20, 30)])
    deep = NOISE[..., 0].astype(np.uint16) * 16
    images = [NOISE[..., 0], NOISE, alpha, deep]
    paths = [tmp_path / f"{number}.png" for number in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        Image.fromarray(image).save(path)
    return paths


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the photos that were really decoded."""
    names, opened = list[str](), decoding._opened

    def counted(data: bytes, name: str, kind: Kind, divided_by: int) -> object:
        names.append(name)
        return opened(data, name, kind, divided_by)

    monkeypatch.setattr(decoding, "_opened", counted)
    return names


@pytest.mark.parametrize("in_memory", [10**6, 0])
def test_photo_is_decoded_once(photos: list[Path], decoded: list[str], in_memory: int) -> None:
    """From memory and from disk it is what it was, at every depth."""
    plain = [preprocess.read(path, depth=12) for path in photos]
    decoded.clear()
    with keep_decoded(DecodedCache(in_memory)):
        for _ in range(3):
            again = [preprocess.read(path, depth=12) for path in photos]
            assert all(map(np.array_equal, plain, again))
        full = preprocess.read(photos[3], depth=16)
    assert len(decoded) == len(photos)
    assert np.array_equal(full, preprocess.read(photos[3], depth=16))


def test_writing_into_a_photo_changes_no_other(photos: list[Path]) -> None:
    """Each caller has pixels of its own."""
    with keep_decoded():
        preprocess.read(photos[1])[:] = 0
        preprocess.read(photos[1])[:] = 0
        assert np.array_equal(preprocess.read(photos[1]), NOISE)


def test_changed_file_is_decoded_again(photos: list[Path], decoded: list[str]) -> None:
    """Its bytes decide, whatever its name and time."""
    with keep_decoded():
        preprocess.read(photos[1])
        photos[1].write_bytes(photos[0].read_bytes())
        assert preprocess.read(photos[1])[0, 0, 1] == NOISE[0, 0, 0]
    assert len(decoded) == 2


def test_full_cache_drops_nothing_and_decodes_the_rest(
    photos: list[Path], decoded: list[str]
) -> None:
    """600 bytes: the grey photo fits, the colour photo never."""
    with keep_decoded(DecodedCache(in_memory=600, on_disk=0)):
        for _ in range(3):
            assert np.array_equal(preprocess.read(photos[1]), NOISE)
            assert np.array_equal(preprocess.read(photos[0])[..., 0], NOISE[..., 0])
    assert len(decoded) == 3 + 1


def test_disk_without_room_is_no_error(photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos are then decoded each time."""

    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with keep_decoded(DecodedCache(in_memory=0)):
        assert np.array_equal(preprocess.read(photos[1]), NOISE)
        assert np.array_equal(preprocess.read(photos[1]), NOISE)


def test_time_is_measured_on_real_decoding(photos: list[Path], decoded: list[str]) -> None:
    """`decode_anew` goes round the cache, and afterwards it is there again."""
    with keep_decoded():
        preprocess.read(photos[0])
        with decode_anew():
            preprocess.read(photos[0])
        preprocess.read(photos[0])
    assert len(decoded) == 2


def test_cache_that_ended_in_a_pause_stays_ended(photos: list[Path], decoded: list[str]) -> None:
    """Another thread's job may end it while a time is measured; the next job has its own."""
    job = keep_decoded()
    job.__enter__()
    with decode_anew():
        job.__exit__(None, None, None)
    with keep_decoded():
        for _ in range(2):
            preprocess.read(photos[0])
    assert len(decoded) == 1


def test_threads_share_one_file(photos: list[Path]) -> None:
    """Eight threads read from disk at once, and each gets its own photo."""
    wrong = list[Path]()

    def read_all() -> None:
        for _ in range(20):
            wrong.extend(
                path for path, plain in known if not np.array_equal(preprocess.read(path), plain)
            )

    known = [(path, preprocess.read(path)) for path in photos]
    with keep_decoded(DecodedCache(in_memory=0)):
        threads = [threading.Thread(target=read_all) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_unreadable_photo_stays_an_error(tmp_path: Path, photos: list[Path]) -> None:
    """With its own name each time."""
    (tmp_path / "a.png").write_bytes(photos[0].read_bytes()[:60])
    with keep_decoded():
        for _ in range(2):
            with pytest.raises(PhotoError, match=r"damaged|cut|incomplete"):
                preprocess.read(tmp_path / "a.png")


def test_each_size_of_a_photo_is_kept_by_itself(tmp_path: Path, decoded: list[str]) -> None:
    """A JPEG at full size and at a half are two entries; where nothing is reduced they are one."""
    path = tmp_path / "large.jpg"
    path.write_bytes(encode(np.tile(NOISE, (4, 4, 1))))
    with keep_decoded():
        shapes = [preprocess.read(path, reduced_side=side).shape[:2] for side in (0, 40, 0, 41, 40)]

    assert shapes == [(80, 120), (40, 60), (80, 120), (80, 120), (40, 60)]
    assert len(decoded) == 2
