"""JPEGs that are decoded at a fraction of their size."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng import preprocess
from okng.errors import PhotoError, PhotoFault
from okng.preprocess.formats.jpeg import divisor
from okng.testing import draw_part, encode

PART = draw_part(1, size=320).photo
TINTED = (PART * (1.0, 0.9, 0.8)).astype(np.uint8)


@pytest.mark.parametrize(
    ("height", "width", "side", "expected"),
    [
        (3000, 4000, 576, 4),
        (6000, 8000, 576, 8),
        (4000, 3000, 376, 4),
        (4000, 3000, 375, 8),
        (1151, 2000, 576, 2),  # a half is 575.5, which is decoded as 576
        (1150, 2000, 576, 1),
        (3000, 4000, 0, 1),
        (3000, 4000, 4000, 1),
    ],
)
def test_shorter_side_keeps_what_it_must(height: int, width: int, side: int, expected: int) -> None:
    """The largest of 8, 4 and 2 that leaves it so many pixels; 0 leaves all."""
    assert divisor(height, width, side) == expected


@pytest.mark.parametrize("by", [2, 4, 8])
@pytest.mark.parametrize("photo", [PART, TINTED, PART[..., 0]])
def test_a_fraction_shows_the_same(photo: np.ndarray, by: int) -> None:
    """Shrunk further it equals the full size within five grey levels."""
    data = encode(photo)
    full, reduced = preprocess.decode(data), preprocess.decode(data, reduced_side=320 // by)
    small = [preprocess.shrink(each, 13).astype(int) for each in (full, reduced)]

    assert reduced.shape == (320 // by, 320 // by, 3)
    assert np.abs(small[0] - small[1]).max() <= 5


@pytest.mark.parametrize("by", [2, 4, 8])
def test_odd_sides_are_divided_upwards(by: int) -> None:
    """The last pixels of a side have a pixel of the fraction for themselves."""
    data = encode(TINTED[:317, :311])
    wanted = -(-317 // by), -(-311 // by)

    assert preprocess.decode(data, reduced_side=wanted[1]).shape == (*wanted, 3)
    assert preprocess.pixel_count(data, wanted[1]) == pytest.approx(wanted[0] * wanted[1], rel=0.02)


def test_turned_photo_is_upright() -> None:
    """The orientation of EXIF holds for a fraction as well."""
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.fromarray(TINTED[:200]).save(file, "JPEG", exif=exif)
    full = preprocess.decode(file.getvalue())
    half = preprocess.decode(file.getvalue(), reduced_side=100)

    assert full.shape == (320, 200, 3)
    assert half.shape == (160, 100, 3)


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF", "WEBP", "CMYK"])
def test_other_files_come_at_full_size(file_format: str) -> None:
    """Only what libjpeg-turbo decodes is reduced, and it is counted so beforehand."""
    if file_format == "CMYK":
        file = io.BytesIO()
        Image.fromarray(TINTED).convert("CMYK").save(file, "JPEG")
        data = file.getvalue()
    else:
        data = encode(TINTED, file_format)

    assert preprocess.decode(data, reduced_side=40).shape == TINTED.shape
    assert preprocess.pixel_count(data, 40) == TINTED[..., 0].size


def test_pixels_are_counted_as_they_are_decoded(tmp_path: Path) -> None:
    """By the header, of a file as of its bytes."""
    path = tmp_path / "part.jpg"
    path.write_bytes(encode(TINTED))

    assert [preprocess.pixel_count(path, side) for side in (0, 160, 40)] == [102_400, 25_600, 1600]
    assert preprocess.pixel_count(path.read_bytes(), 160) == 25_600
    assert [preprocess.reduced_by(path, side) for side in (0, 160, 40)] == [1, 2, 8]
    assert preprocess.reduced_by(tmp_path / "absent.jpg", 40) == 1


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("side", [160, 40])
def test_truncated_file_is_refused_at_any_size(share: float, side: int) -> None:
    """The missing part is not invented because it would be small."""
    data = encode(TINTED)

    with pytest.raises(PhotoError, match="damaged or truncated") as caught:
        preprocess.decode(data[: int(share * len(data))], reduced_side=side)
    assert caught.value.fault is PhotoFault.DAMAGED


def test_bomb_is_refused_by_its_full_size() -> None:
    """300 megapixels in the header, whatever they would be at an eighth."""
    data = bytearray(encode(TINTED))
    place = data.index(b"\xff\xc0") + 5  # behind marker, length and bits
    data[place : place + 4] = struct.pack(">HH", 15_000, 20_000)

    with pytest.raises(PhotoError, match="too many pixels: 20000 x 15000"):
        preprocess.decode(bytes(data), reduced_side=40)
