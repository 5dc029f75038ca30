"""okng.dataset.decoded_photos: the mapped file leaves nothing behind, and finds room or says so."""

import errno
import os
from pathlib import Path

import pytest

from okng.dataset import load_photos
from okng.errors import OkngError
from okng.testing import draw_part, encode


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo on disk."""
    path = tmp_path / "1.jpg"
    path.write_bytes(encode(draw_part(1, size=48).photo))
    return path


def test_file_has_no_name(photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mapped file cannot be left over, even by a process that is killed."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    photos = load_photos([photo], 16, memory_limit_gb=0.0)
    assert photos.any()
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system cannot claim room")
def test_full_disk_is_an_error(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for the file is said at once, instead of a crash of the process later."""

    def full(number: int, start: int, size: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OkngError, match="The disk is full"):
        load_photos([photo], 16, memory_limit_gb=0.0)
