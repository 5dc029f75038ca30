"""okng.preprocess: a path, bytes, a Pillow image and an array are the same photo."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from okng import preprocess
from okng.errors import PhotoError, PhotoFault
from okng.testing import draw_part
from okng.testing.tiff_files import tiff

PHOTO = draw_part(4, size=48).photo[:, :40]


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    """The bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def turned(orientation: int) -> Image.Exif:
    """EXIF data that hold an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def bmp_with_alpha(alpha: int) -> bytes:
    """32 bit with masks for all four channels, as BGRA buffers are saved."""
    height, width, _ = PHOTO.shape
    fourth = np.full((height, width), alpha, np.uint8)
    body = np.dstack([PHOTO[..., ::-1], fourth])[::-1].tobytes()
    head = struct.pack("<IiiHHIIiiIIIIII", 56, width, height, 1, 32, 3, len(body), 2835, 2835, 0,
                       0, 0xFF0000, 0xFF00, 0xFF, 0xFF000000)  # fmt: skip
    return b"BM" + struct.pack("<IHHI", 70 + len(body), 0, 0, 70) + head + body


WHOLE = Image.fromarray(PHOTO)
PALETTE = WHOLE.quantize(16)
FILES = {
    "jpeg turned": encoded(WHOLE, "JPEG", exif=turned(6)),
    "png turned": encoded(WHOLE, "PNG", exif=turned(8)),
    "tiff turned": encoded(WHOLE, "TIFF", exif=turned(5)),
    "tiff of 16 bits": tiff(PHOTO.astype(np.uint16) * 257),
    "palette": encoded(PALETTE, "PNG"),
    "palette with a clear entry": encoded(
        PALETTE, "PNG", transparency=int(np.asarray(PALETTE)[24, 20])
    ),
    "cmyk": encoded(WHOLE.convert("CMYK"), "JPEG"),
    "grey and alpha": encoded(Image.fromarray(PHOTO[..., :2], "LA"), "PNG"),
    "lab": encoded(WHOLE.convert("LAB"), "TIFF"),
    "webp": encoded(WHOLE, "WEBP"),
    "avif": encoded(WHOLE, "AVIF"),
    "bmp with alpha 0": bmp_with_alpha(0),
}
FILES["tiff of 16 bits"] = tiff((PHOTO.astype(np.uint16) * 257)[..., 0])


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.filterwarnings("ignore:'mode' parameter:DeprecationWarning")
def test_one_photo_by_every_way(kind: str, tmp_path: Path) -> None:
    """Path, bytes, an opened image, a loaded one and the array give the same pixels."""
    path = tmp_path / "photo"
    path.write_bytes(FILES[kind])
    by_path = preprocess.read(path)
    assert np.array_equal(preprocess.decode(FILES[kind]), by_path)
    with Image.open(path) as untouched, Image.open(path) as loaded:
        loaded.load()
        assert np.array_equal(preprocess.from_image(untouched), by_path)
        assert np.array_equal(preprocess.from_image(loaded), by_path)
    assert np.array_equal(preprocess.from_array(by_path), by_path)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB",
                                  "HSV", "LA", "PA", "La", "RGBa", "I", "F", "I;16"])  # fmt: skip
def test_every_mode_of_pillow(mode: str) -> None:
    """An image of any mode is a photo, as near to the colours as its mode can be."""
    grey = WHOLE.convert("L")
    middle = {"La": "LA", "RGBa": "RGBA", "PA": "P"}.get(mode)
    image = (WHOLE.convert(middle) if middle else grey if mode == "I;16" else WHOLE).convert(mode)
    found = preprocess.from_image(image, depth=8)
    expected = (
        PHOTO
        if mode not in {"L", "LA", "La", "I", "F", "I;16"}
        else np.asarray(grey.convert("RGB"))
    )
    assert found.shape == PHOTO.shape
    if mode not in {"1", "P", "PA"}:
        assert np.abs(found.astype(int) - expected).mean() < 4


def test_a_failing_image_is_an_error() -> None:
    """An image whose file is closed or cut is a PhotoError, not a crash."""
    image = Image.open(io.BytesIO(FILES["png turned"]))
    image.close()
    cut = Image.open(io.BytesIO(FILES["png turned"][:-600]))
    for broken in (image, cut):
        with pytest.raises(PhotoError):
            preprocess.from_image(broken)


@pytest.mark.parametrize("alpha", [0, 7, 255])
def test_alpha_of_one_value_is_no_alpha(alpha: int) -> None:
    """A fourth byte that is the same everywhere leaves the colours as they are."""
    rgba = np.dstack([PHOTO, np.full(PHOTO.shape[:2], alpha, np.uint8)])
    ways = [bmp_with_alpha(alpha), encoded(Image.fromarray(rgba), "PNG")]
    for data in ways:
        opened = preprocess.open_photo(data)
        assert np.array_equal(preprocess.show(opened).pixels, PHOTO)
        assert not opened.form.clear_parts
    assert np.array_equal(preprocess.from_array(rgba), PHOTO)
    assert np.array_equal(preprocess.from_image(Image.fromarray(rgba)), PHOTO)


def test_photo_that_alpha_takes_away_is_an_error() -> None:
    """Where only black would be left of a photo, it is refused."""
    alpha = np.zeros(PHOTO.shape[:2], np.uint8)
    alpha[PHOTO.max(axis=2) == 0] = 255
    alpha[0, 0] = 1
    rgba = np.dstack([PHOTO, alpha])
    with pytest.raises(PhotoError, match="visible pixels of the photo are transparent"):
        preprocess.from_array(rgba)


def test_png_with_notes() -> None:
    """Long notes, and notes with a wrong checksum, do not cost the photo; wrong pixels do."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Recipe", "x" * 3_000_000, zip=True)
    data = bytearray(encoded(WHOLE, "PNG", pnginfo=notes))
    assert np.array_equal(preprocess.decode(bytes(data)), PHOTO)
    data[data.index(b"zTXt") + 20] ^= 1
    assert np.array_equal(preprocess.decode(bytes(data)), PHOTO)
    data[data.index(b"IDAT") + 200] ^= 1
    with pytest.raises(PhotoError, match="IDAT chunk is cut or has a wrong checksum"):
        preprocess.decode(bytes(data))


def test_animations_show_their_first_view() -> None:
    """Of several frames the first is taken, and the form counts them."""
    frames = [WHOLE, Image.fromarray(255 - PHOTO), Image.fromarray(PHOTO // 2)]
    for file_format in ("PNG", "WEBP", "MPO"):
        options = {} if file_format == "MPO" else {"lossless": True}
        data = encoded(frames[0], file_format, save_all=True, append_images=frames[1:], **options)
        opened = preprocess.open_photo(data)
        shown = preprocess.show(opened).pixels
        assert opened.form.views == 3
        assert np.abs(shown.astype(int) - PHOTO).mean() < 9


def test_jpeg_forms_that_are_not_read() -> None:
    """12-bit, lossless, JPEG-LS and endless JPEGs have their reason."""
    data = encoded(WHOLE, "JPEG")
    frame = data.index(b"\xff\xc0")
    twelve = data[: frame + 4] + b"\x0c" + data[frame + 5 :]
    lossless = data[: frame + 1] + b"\xc3" + data[frame + 2 :]
    jpeg_ls = data[: frame + 1] + b"\xf7" + data[frame + 2 :]
    for bad, reason in ((twelve, "12-bit"), (lossless, "lossless"), (jpeg_ls, "JPEG-LS")):
        with pytest.raises(PhotoError, match=f"form of JPEG is not supported .{reason}") as caught:
            preprocess.decode(bad)
        assert caught.value.fault is PhotoFault.FORM


def test_scans_are_bounded() -> None:
    """A JPEG whose last scan comes a thousand times is refused before it is decoded."""
    data = encoded(Image.new("L", (400, 400), 90), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    bomb = data[:last] + data[last:-2] * 1000 + data[-2:]
    with pytest.raises(PhotoError, match="scans") as caught:
        preprocess.decode(bomb)
    assert caught.value.fault is PhotoFault.FORM
    assert preprocess.decode(data).shape == (400, 400, 3)


def test_orientation_that_is_unknown_is_upright() -> None:
    """Orientation 0 and 9 mean nothing."""
    for value in (0, 9):
        form = preprocess.open_photo(encoded(WHOLE, "JPEG", exif=turned(value))).form
        assert form.orientation == 1


def test_pnm_of_8_bits_and_of_two_photos() -> None:
    """PGM and PPM give their pixels; two photos in one file are refused."""
    height, width, _ = PHOTO.shape
    ppm = f"P6\n{width} {height}\n255\n".encode() + PHOTO.tobytes()
    assert np.array_equal(preprocess.decode(ppm), PHOTO)
    with pytest.raises(PhotoError, match="2 pages"):
        preprocess.decode(ppm + ppm)
