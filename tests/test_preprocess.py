"""okng.preprocess: every photo becomes the right pixels, or an error that says why not."""

import io
import struct
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from okng import preprocess
from okng.errors import PhotoError
from okng.testing import broken_photos, draw_part

COLORS = np.array(
    [[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]], [[9, 8, 7], [0, 0, 0]]],
    dtype=np.uint8,
)


def encoded(image: Image.Image | np.ndarray, file_format: str, **options: object) -> bytes:
    """The bytes of an image file."""
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def turned(orientation: int) -> Image.Exif:
    """EXIF data that hold nothing but an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def png_header(width: int, height: int) -> bytes:
    """A PNG of any size whose pixels are missing."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    check = struct.pack(">I", zlib.crc32(body))
    pixels = struct.pack(">I", 100) + b"IDAT"
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + check + pixels


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_lossless_formats_keep_every_pixel(file_format: str) -> None:
    """What was saved without loss comes back unchanged, in RGB order."""
    assert np.array_equal(preprocess.decode(encoded(COLORS, file_format)), COLORS)


def test_webp_keeps_pixels() -> None:
    """Lossless WebP comes back unchanged."""
    assert np.array_equal(preprocess.decode(encoded(COLORS, "WEBP", lossless=True)), COLORS)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 30}])
def test_fast_path_equals_pillow(mode: str, options: dict[str, object]) -> None:
    """The quick JPEG decoder and Pillow give the same pixels, so nobody can tell which it was."""
    data = encoded(Image.fromarray(draw_part(1, size=64).photo).convert(mode), "JPEG", **options)
    expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert np.array_equal(preprocess.decode(data), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_orientation_is_honoured(orientation: int, file_format: str) -> None:
    """All eight orientations come out upright, once, in every format that has them."""
    photo = draw_part(2, size=48).photo[:, :32]
    data = encoded(photo, file_format, exif=turned(orientation))
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    decoded = preprocess.decode(data)
    assert decoded.shape == ((32, 48, 3) if orientation >= 5 else (48, 32, 3))
    assert np.array_equal(decoded, expected)


def test_damaged_exif_counts_as_upright() -> None:
    """A camera's broken EXIF block does not cost the photo."""
    data = encoded(COLORS, "JPEG", exif=b"Exif\x00\x00 nonsense")
    assert preprocess.decode(data).shape == COLORS.shape


@pytest.mark.parametrize(
    ("image", "grey"),
    [
        (Image.fromarray(np.array([[0x12FF, 0xFF00]], dtype=np.uint16)), [0x12, 0xFF]),
        (Image.fromarray(np.array([[0x12FF, 0xFFFF]], dtype=np.int32)), [0x12, 0xFF]),
        (Image.fromarray(np.array([[256.9, 65535.0]], dtype=np.float32)), [1, 255]),
        (Image.fromarray(np.array([[True, False]])), [255, 0]),
        (Image.fromarray(np.array([[7, 250]], dtype=np.uint8)), [7, 250]),
        (Image.fromarray(np.array([[[200, 128], [200, 0]]], dtype=np.uint8), "LA"), [100, 0]),
    ],
    ids=["16-bit", "32-bit", "float", "one-bit", "grey", "grey-alpha"],
)
@pytest.mark.filterwarnings("ignore:'mode' parameter:DeprecationWarning")
def test_grey_modes(image: Image.Image, grey: list[int]) -> None:
    """Grey photos of any depth become 8 bit: high byte, alpha laid on black."""
    photo = preprocess.decode(encoded(image, "TIFF"))
    assert photo.tolist() == [[[value] * 3 for value in grey]]


def test_alpha_is_laid_on_black() -> None:
    """What is transparent is black, half is half as bright."""
    rgba = np.array([[[200, 100, 50, 255], [200, 100, 50, 0], [200, 100, 50, 51]]], np.uint8)
    expected = [[[200, 100, 50], [0, 0, 0], [40, 20, 10]]]
    assert preprocess.decode(encoded(rgba, "PNG")).tolist() == expected


def test_palette_gives_its_colours() -> None:
    """A palette photo shows its colours, and its transparent entry is black."""
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([0, 1])
    assert preprocess.decode(encoded(image, "PNG")).tolist() == [[[10, 20, 30], [40, 50, 60]]]
    clear = preprocess.decode(encoded(image, "PNG", transparency=1))
    assert clear.tolist() == [[[10, 20, 30], [0, 0, 0]]]


def test_cmyk_becomes_rgb() -> None:
    """A CMYK JPEG of pure cyan is cyan, not its negative."""
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    red, green, blue = preprocess.decode(encoded(cyan, "JPEG", quality=95))[8, 8]
    assert red < 20
    assert min(green, blue) > 235


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF"])
def test_array_is_ready_for_use(file_format: str) -> None:
    """Arrays are C-contiguous, writable uint8: torch and onnxruntime take them without a copy."""
    photo = preprocess.decode(encoded(COLORS, file_format))
    assert photo.dtype == np.uint8
    assert photo.flags.c_contiguous
    assert photo.flags.writeable


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"exif": turned(6)}])
@pytest.mark.parametrize("tail", [b"", b"\xff\xd9", bytes(500) + b"\xff\xd9"])
def test_cut_jpeg_is_an_error(options: dict[str, object], tail: bytes) -> None:
    """A cut JPEG never passes as a half-grey photo, even when an end marker hides the cut."""
    data = encoded(draw_part(3, size=128).photo, "JPEG", **options)
    with pytest.raises(PhotoError, match="damaged or truncated"):
        preprocess.decode(data[: len(data) * 2 // 3] + tail)


def test_cut_cmyk_jpeg_is_an_error() -> None:
    """The rule holds where Pillow does the decoding as well."""
    data = encoded(Image.fromarray(draw_part(3, size=128).photo).convert("CMYK"), "JPEG")
    with pytest.raises(PhotoError, match="damaged or truncated"):
        preprocess.decode(data[: len(data) * 2 // 3] + b"\xff\xd9")


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_cut_file_is_an_error(file_format: str, share: float) -> None:
    """Other formats that were cut, in the header or later, are called damaged."""
    data = encoded(draw_part(3, size=64).photo, file_format)
    with pytest.raises(PhotoError, match="damaged or truncated"):
        preprocess.decode(data[: int(len(data) * share)])


def test_bytes_after_the_end_are_harmless() -> None:
    """Cameras append previews; the photo before them counts."""
    data = encoded(COLORS, "JPEG")
    assert np.array_equal(preprocess.decode(data + b"preview"), preprocess.decode(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty \\(0 bytes\\)"),
        (b"This is not a photo.", "not a photo"),
        (encoded(COLORS, "GIF"), "not allowed: GIF"),
        (b"\0\0\0\x18ftypisom" + bytes(20), "not allowed: a video"),
        (b"\xff\xd8\xff", "damaged or truncated"),
        (png_header(20_000, 20_000), "too many pixels"),
        (png_header(16_000, 8_001), "too many pixels: 16000 x 8001"),
    ],
)
def test_reason_can_be_understood(data: bytes, reason: str) -> None:
    """Each kind of unusable file has its own reason, and the error says which photo."""
    with pytest.raises(PhotoError, match=reason) as caught:
        preprocess.decode(data, "part7.jpg")
    assert caught.value.where == "part7.jpg"


def test_huge_jpeg_is_refused_by_its_header() -> None:
    """The pixel cap holds for the quick path too, before anything is decoded."""
    data = bytearray(encoded(COLORS, "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 16_000, 8_001)
    with pytest.raises(PhotoError, match="too many pixels: 8001 x 16000"):
        preprocess.decode(bytes(data))


def test_large_photo_gives_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below our cap Pillow's own warning of large photos is not passed on."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
    assert preprocess.decode(encoded(COLORS, "PNG")).shape == COLORS.shape


def test_threads_leave_warnings_alone() -> None:
    """Decoding in threads leaves the process's warning filters as they were."""
    data = encoded(draw_part(1, size=64).photo, "PNG")
    before = list(warnings.filters)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(40):
            preprocess.decode(data)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before


def test_real_folder_of_oddities(tmp_path: Path) -> None:
    """Of the generated oddities the broken ones raise and the unusual ones can be read."""
    shapes = {}
    for kind, path in broken_photos(tmp_path).items():
        try:
            shapes[kind] = preprocess.read(path).shape
        except PhotoError:
            shapes[kind] = ()
    assert [kind for kind, shape in shapes.items() if not shape] == [
        "empty", "truncated", "text", "huge",
    ]  # fmt: skip
    assert shapes["rotated"] == (64, 96, 3)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A path without a photo behind it is an error that names it."""
    for path in (tmp_path / "none.jpg", tmp_path):
        with pytest.raises(PhotoError, match="cannot be read") as caught:
            preprocess.read(path)
        assert str(caught.value.where) == str(path)


def test_is_grey() -> None:
    """One coloured pixel is enough to be no grey photo."""
    photo = np.full((4, 4, 3), 80, np.uint8)
    assert preprocess.is_grey(photo)
    photo[2, 1, 2] = 81
    assert not preprocess.is_grey(photo)


def test_shrink_averages() -> None:
    """Shrinking is antialiased: fine stripes become their mean, not one of their lines."""
    stripes = np.zeros((64, 128, 3), np.uint8)
    stripes[:, ::2] = 200
    small = preprocess.shrink(stripes, 16)
    assert small.shape == (16, 16, 3)
    assert np.abs(small[:, 1:-1].astype(int) - 100).max() <= 1


def test_shrink_weighs_as_a_triangle() -> None:
    """Halving weighs four neighbours with 1/8, 3/8, 3/8, 1/8, as a triangle filter does."""
    step = np.zeros((8, 8, 3), np.uint8)
    step[:, 4:] = 240
    # Output 1 sees inputs 1 to 4, of which the last is bright; output 2 sees 3 to 6.
    assert preprocess.shrink(step, 4)[2, :, 0].tolist() == [0, 240 // 8, 240 * 7 // 8, 240]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM", "MPO"])
def test_pixels_are_counted_without_decoding(file_format: str) -> None:
    """In every format whose header gives its size, also where a second photo follows."""
    data = encoded(np.zeros((30, 40, 3), np.uint8), file_format)

    assert preprocess.pixel_count(data) == 1200
