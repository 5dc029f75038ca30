"""okng.preprocess: photos with more than 8 bits are scaled by the depth of their set."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from okng import preprocess
from okng.errors import PhotoError, PhotoFault
from okng.testing.tiff_files import tiff

RNG = np.random.default_rng(5)
LIGHT = RNG.random((23, 31, 4))
LIGHT[0, 0], LIGHT[0, 1] = 0, 0.99999


def words(bits: int, channels: int) -> np.ndarray:
    """The photo in words of 16 bits of which so many are filled."""
    grey = LIGHT[..., 0] if channels == 1 else LIGHT[..., :channels]
    return (grey * (1 << bits)).astype(np.uint16)


def png(photo: np.ndarray, colour: int) -> bytes:
    """A PNG of 16 bits, written without a library."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in photo)
    head = struct.pack(">IIBBBBB", photo.shape[1], photo.shape[0], 16, colour, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def pgm(photo: np.ndarray, top: int) -> bytes:
    """A binary PGM or PPM."""
    head = f"P{6 if photo.ndim == 3 else 5}\n# of a camera\n{photo.shape[1]} {photo.shape[0]}\n"
    return f"{head}{top}\n".encode() + photo.astype(">u2").tobytes()


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_filled_bits_are_shown_alike(bits: int) -> None:
    """The same light in 10 to 16 bits of any file, image or array is the same photo."""
    grey, colours = words(bits, 1), words(bits, 3)
    expected, in_colour = words(8, 1), words(8, 3)
    for data in (png(grey, 0), tiff(grey), pgm(grey, (1 << bits) - 1)):
        assert np.array_equal(preprocess.decode(data, depth=bits)[..., 0], expected)
    assert np.array_equal(preprocess.decode(png(colours, 2), depth=bits), in_colour)
    assert np.array_equal(preprocess.decode(pgm(colours, (1 << bits) - 1), depth=bits), in_colour)
    for photo in (Image.fromarray(grey), Image.open(io.BytesIO(tiff(grey)))):
        assert np.array_equal(preprocess.from_image(photo, depth=bits)[..., 0], expected)
    for array in (grey, grey.astype(np.int64), grey.astype(np.float64), grey[..., None]):
        assert np.array_equal(preprocess.from_array(array, depth=bits)[..., 0], expected)


def test_depth_of_a_set_is_that_of_its_largest_value() -> None:
    """One bright photo decides; 8-bit photos and floats of [0, 1] tell nothing."""

    def depth(*photos: np.ndarray) -> int:
        opened = [preprocess.open_photo(tiff(photo)) for photo in photos]
        return preprocess.depth_of(preprocess.span_of(o.samples, "") for o in opened)

    eight, unit = words(8, 1).astype(np.uint8), LIGHT[..., 0].astype(np.float32)
    assert depth(words(10, 1) // 8, words(10, 1)) == 10
    assert depth(words(12, 1), eight, unit) == 12
    assert depth(words(12, 1), words(16, 1)) == 16
    assert depth(words(8, 1).astype(np.int32)) == 8
    assert depth(eight, unit) == 16


def test_beyond_the_depth_is_refused() -> None:
    """A photo of more bits than the model's is an error that names both, never clipped."""
    with pytest.raises(PhotoError, match=r"has 16 bits .*trained on 12") as caught:
        preprocess.decode(png(words(16, 1), 0), depth=12)
    assert caught.value.fault is PhotoFault.DEPTH


def test_photo_never_becomes_one_grey_level() -> None:
    """Several values that a depth would turn into one level are an error, not a black photo."""
    with pytest.raises(PhotoError, match="single grey level"):
        preprocess.decode(png(words(8, 1), 0), depth=16)
    assert not preprocess.decode(png(words(8, 1) * 0, 0), depth=16).any()


@pytest.mark.parametrize("channels", [2, 4])
def test_deep_alpha(channels: int) -> None:
    """Alpha of 16 bits lays on black where it varies, and means nothing where it is constant."""
    photo = words(16, channels)
    photo[..., -1] = 0
    colour = {2: 4, 4: 6}[channels]
    whole = preprocess.decode(png(photo, colour))
    assert np.array_equal(whole[..., 0], words(8, 1))
    photo[5:, :, -1] = 65535
    laid = preprocess.decode(png(photo, colour))
    assert not laid[:5].any()
    assert np.array_equal(laid[5:], whole[5:])


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3)])
def test_colour_key(colour: int, channels: int) -> None:
    """The colour that a deep PNG calls transparent is black; its near neighbours are not."""
    photo = words(16, channels)
    photo[:] = 40_001
    photo[3], photo[9] = 40_000, 60_000
    key = struct.pack(f">{channels}H", *[40_000] * channels)
    chunk = (
        struct.pack(">I", len(key)) + b"tRNS" + key + struct.pack(">I", zlib.crc32(b"tRNS" + key))
    )
    data = png(photo, colour)
    at = data.index(b"IDAT") - 4
    shown = preprocess.decode(data[:at] + chunk + data[at:])
    assert not shown[3].any()
    assert (shown[4:9] == 40_001 >> 8).all()


@pytest.mark.parametrize(
    "array",
    [np.full((4, 4), 3.5), np.full((4, 4), 1e6), np.full((4, 4), 70_000), np.full((4, 4), -1)],
)
def test_ranges_that_are_not_evident(array: np.ndarray) -> None:
    """Values whose black and white nobody knows are refused with the way out."""
    with pytest.raises(PhotoError, match="save it as 8 or 16 bit") as caught:
        preprocess.from_array(array)
    assert caught.value.fault is PhotoFault.RANGE
