"""A photo that is being written is told from a whole one by its structure."""

import io

import numpy as np
import pytest
from PIL import Image

from okng.connect.sources.folder.whole import Whole, is_whole


def photo(form: str, **options: object) -> bytes:
    """A photo of noise, so that no row of it is black."""
    pixels = np.random.default_rng(0).integers(1, 255, (40, 60, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


def with_thumbnail() -> bytes:
    """A JPEG whose Exif data hold a whole small JPEG."""
    small = photo("JPEG", quality=20)
    segment = b"Exif\0\0" + small
    whole = photo("JPEG")
    return whole[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2) + segment + whole[2:]


KINDS = {
    "JPEG": photo("JPEG"),
    "progressive JPEG": photo("JPEG", progressive=True),
    "JPEG with thumbnail": with_thumbnail(),
    "PNG": photo("PNG"),
    "BMP": photo("BMP"),
    "WebP": photo("WEBP", lossless=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_whole_photo_is_whole(kind: str) -> None:
    """Its end is there; what a program adds behind it does not matter."""
    assert is_whole(KINDS[kind]) is Whole.YES
    assert is_whole(KINDS[kind] + b"maker") is Whole.YES


@pytest.mark.parametrize("kind", KINDS)
def test_no_first_part_of_a_photo_is_whole(kind: str) -> None:
    """Wherever a writer stands; also behind the end of a thumbnail."""
    data = KINDS[kind]
    ends = [*range(1, len(data) - 12, 7), data.find(b"\xff\xd9") + 2 if "thumb" in kind else 1]

    assert all(is_whole(data[:end]) is not Whole.YES for end in ends)


@pytest.mark.parametrize("kind", KINDS)
def test_file_of_full_length_is_filled_later(kind: str) -> None:
    """As Windows copies to a share: the length first, then the content."""
    data = KINDS[kind]
    half = data[: len(data) // 2] + bytes(len(data) - len(data) // 2)

    assert is_whole(half) is not Whole.YES


def test_only_time_tells_of_other_formats() -> None:
    """TIFF has its directory anywhere; an empty file and one of zeros are no photo yet."""
    assert is_whole(photo("TIFF")) is Whole.UNCLEAR
    assert is_whole(b"") is Whole.NO
    assert is_whole(bytes(1000)) is Whole.NO


def test_black_end_of_a_bitmap_is_unclear() -> None:
    """Zeros may be black pixels, or pixels that are not written yet."""
    file = io.BytesIO()
    Image.new("RGB", (60, 40)).save(file, "BMP")

    assert is_whole(file.getvalue()) is Whole.UNCLEAR
