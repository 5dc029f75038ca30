"""okng.auditing.image_statistics: what is measured of a photo."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng import preprocess
from okng.auditing.image_statistics import Facts, measure_photo
from okng.preprocess import Array
from okng.testing import broken_photos, draw_part, encode


def facts(data: bytes) -> Facts:
    """Of the bytes of a file."""
    return measure_photo(data, preprocess.show(preprocess.open_photo(data)))


@pytest.fixture
def part() -> Array:
    """One photo."""
    return draw_part(1, size=96).photo


def test_pixels_and_not_files_are_compared(part: Array) -> None:
    """The same pixels in two formats are equal, another pixel is not."""
    other = part.copy()
    other[5, 5] ^= 1

    assert facts(encode(part, "PNG")).pixels == facts(encode(part, "BMP")).pixels
    assert facts(encode(other, "PNG")).pixels != facts(encode(part, "PNG")).pixels


def test_form_is_told(tmp_path: Path) -> None:
    """Format, mode, depth and orientation of unusual files."""
    paths = broken_photos(tmp_path)
    found = {k: facts(paths[k].read_bytes()) for k in ("sixteen_bit", "rgba", "cmyk", "rotated")}

    assert (found["sixteen_bit"].mode, found["sixteen_bit"].bits) == ("I;16", 16)
    assert (found["rgba"].mode, found["rgba"].file_format) == ("RGBA", "PNG")
    assert (found["cmyk"].mode, found["cmyk"].file_format) == ("CMYK", "JPEG")
    assert found["rotated"].orientation == 6
    assert (found["rotated"].width, found["rotated"].height) == (96, 64)  # upright


def test_light_and_sharpness(part: Array) -> None:
    """Darker, clipped, blurred and coloured photos are told by a number each."""
    plain = facts(encode(part, "PNG"))
    dark = facts(encode(part // 2, "PNG"))
    white = facts(
        encode(np.maximum(part, (np.arange(96) < 30)[:, None, None] * np.uint8(255)), "PNG")
    )
    small = Image.fromarray(part).resize((12, 12)).resize((96, 96), Image.Resampling.BICUBIC)
    red = facts(encode(part * np.array([1, 0, 0], np.uint8), "PNG"))

    assert dark.brightness == pytest.approx(plain.brightness / 2, abs=0.01)
    assert white.bright > 0.25 > plain.bright
    assert facts(encode(np.asarray(small), "PNG")).sharpness < plain.sharpness / 3
    assert red.red == pytest.approx(1)
    assert plain.red == pytest.approx(1 / 3)


def test_camera_comes_from_exif(part: Array) -> None:
    """Maker and model; nothing where nothing is written."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Acme\0", "One "
    buffer = io.BytesIO()
    Image.fromarray(part).save(buffer, "JPEG", exif=exif)

    assert facts(buffer.getvalue()).camera == "Acme One"
    assert facts(encode(part)).camera == ""


def test_facts_survive_the_cache(part: Array) -> None:
    """As JSON and back."""
    found = facts(encode(part))

    assert Facts.from_json(found.to_json()) == found
