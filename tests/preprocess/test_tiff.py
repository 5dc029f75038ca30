"""Every form of TIFF gives its pixels, or an error with the true reason."""

import io
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from okng import preprocess
from okng.errors import PhotoError, PhotoFault
from okng.testing.tiff_files import TiffForm as Form
from okng.testing.tiff_files import tiff

RNG = np.random.default_rng(3)
DEEP = RNG.integers(0, 1 << 16, (37, 53, 3)).astype(np.uint16)
DEEP[0, 0], DEEP[0, 1] = 0, 65535
LIGHT = DEEP / np.float64(65535)
GREY = DEEP[..., 0]

WAYS = [
    Form(), Form(order=">"), Form(rows=37), Form(tile=16), Form(big=True),
    Form(big=True, order=">"),
    Form(deflate=True), Form(deflate=True, order=">"), Form(deflate=True, predictor=2),
    Form(deflate=True, predictor=2, order=">"), Form(deflate=True, predictor=2, tile=16),
    Form(deflate=True, tile=32, order=">"), Form(deflate=True, big=True),
]  # fmt: skip


def names(form: Form) -> str:
    """What differs from a plain form."""
    plain = Form()
    return "-".join(f"{k}{v}" for k, v in vars(form).items() if v != getattr(plain, k)) or "plain"


@pytest.mark.parametrize("planar", [False, True], ids=["chunky", "planar"])
@pytest.mark.parametrize("way", WAYS, ids=names)
@pytest.mark.parametrize("bits", [8, 16])
def test_colours(bits: int, way: Form, planar: bool) -> None:
    """RGB of 8 and 16 bits is right, pixel by pixel, however it is laid down."""
    photo = DEEP if bits == 16 else (DEEP >> 8).astype(np.uint8)
    data = tiff(photo, form=replace(way, photometric=2, planar=planar))
    assert np.array_equal(preprocess.decode(data), DEEP >> 8)


@pytest.mark.parametrize("way", WAYS, ids=names)
@pytest.mark.parametrize(
    "kind", [np.uint16, np.int32, np.uint32, np.float32], ids=lambda kind: kind.__name__
)
def test_grey(kind: type, way: Form) -> None:
    """Grey words of any kind give their high byte of 16."""
    data = tiff(GREY.astype(kind), form=way)
    assert np.array_equal(preprocess.decode(data)[..., 0], GREY >> 8)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64], ids=lambda k: k.__name__)
@pytest.mark.parametrize(
    "way", [replace(way, predictor=3 if way.predictor == 2 else 1) for way in WAYS], ids=names
)
def test_floats_of_0_to_1(kind: type, way: Form) -> None:
    """Floats of [0, 1] are black to white, within the rounding of their words."""
    photo = preprocess.decode(tiff(LIGHT.astype(kind), form=replace(way, photometric=2)))
    assert np.abs(photo - LIGHT * 255).max() < 0.65


@pytest.mark.parametrize("bits", [9, 10, 12, 14])
@pytest.mark.parametrize("planar", [False, True])
def test_packed_words(bits: int, planar: bool) -> None:
    """Words of 9 to 14 bits without gaps are unpacked, and state their own depth."""
    photo: npt.NDArray[np.uint16] = DEEP >> np.uint16(16 - bits)
    data = tiff(photo, form=Form(photometric=2, planar=planar, bits=bits))
    span = preprocess.span_of(preprocess.open_photo(data).samples, "")
    assert span is not None
    assert span.depth == max(bits, 10)
    assert np.array_equal(preprocess.decode(data, depth=span.depth), photo >> (span.depth - 8))


def test_white_is_zero() -> None:
    """Photos whose 0 is white are turned round at their own depth, deep or not."""
    form = Form(photometric=0)
    assert np.array_equal(
        preprocess.decode(tiff(GREY >> 4, form=form), depth=12)[..., 0], 255 - (GREY >> 8)
    )
    eight = (GREY >> 8).astype(np.uint8)
    assert np.array_equal(preprocess.decode(tiff(eight, form=form))[..., 0], 255 - eight)


def test_extra_samples() -> None:
    """Infrared is left out; alpha lays on black where it varies; alpha 0 everywhere is none."""
    half = np.full_like(GREY, 65535)
    half[:, :20] = 0
    rgba = np.dstack([DEEP, half])
    alpha, nothing = ((338, (2,)),), ((338, (0,)),)
    shown = preprocess.decode(tiff(rgba, form=Form(photometric=2, tags=alpha)))
    assert not shown[:, :20].any()
    assert np.array_equal(shown[:, 20:], DEEP[:, 20:] >> 8)
    for page, tags in ((rgba, nothing), (np.dstack([DEEP, half * 0]), alpha)):
        data = tiff(page, form=Form(photometric=2, tags=tags))
        assert np.array_equal(preprocess.decode(data), DEEP >> 8)


@pytest.mark.filterwarnings("ignore:'mode' parameter:DeprecationWarning")
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("bits", [8, 16])
def test_cmyk(bits: int, planar: bool) -> None:
    """Four inks of 8 or 16 bits are the colours that Pillow makes of 8 bits."""
    inks = RNG.integers(0, 1 << bits, (20, 30, 4))
    expected = Image.fromarray((inks >> (bits - 8)).astype(np.uint8), "CMYK").convert("RGB")
    words = inks.astype(np.uint8 if bits == 8 else np.uint16)
    data = tiff(words, form=Form(photometric=5, planar=planar))
    assert np.array_equal(preprocess.decode(data), np.asarray(expected))


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "zstd", "lzma", "jpeg"])
@pytest.mark.parametrize("predictor", [1, 2])
def test_compressions(compression: str, predictor: int) -> None:
    """What libtiff packs is unpacked, with the predictor where the compression has one."""
    photo = (DEEP >> 8).astype(np.uint8)
    buffer = io.BytesIO()
    tags = {317: predictor}
    Image.fromarray(photo).save(buffer, "TIFF", compression=compression, tiffinfo=tags)
    with Image.open(io.BytesIO(buffer.getvalue())) as image:
        expected = np.asarray(image.convert("RGB"))
    assert np.array_equal(preprocess.decode(buffer.getvalue()), expected)


@pytest.mark.parametrize(
    ("pages", "reason", "fault"),
    [
        ((np.dstack([DEEP, DEEP[..., :2]]),), "5 bands of uint16", PhotoFault.FORM),
        ((GREY.astype(np.uint64),), "int64", PhotoFault.FORM),
        ((GREY.astype(np.int32) - 9,), "from -9 to", PhotoFault.RANGE),
        ((GREY.astype(np.float32) * 9,), "not evident", PhotoFault.RANGE),
        ((LIGHT[..., 0] * 3,), "not evident", PhotoFault.RANGE),
        ((np.where(GREY > 9, np.nan, LIGHT[..., 0]),), "not finite", PhotoFault.RANGE),
        ((GREY, GREY // 2, GREY // 3), "has 3 pages", PhotoFault.PAGES),
        ((GREY, GREY[:30]), "has 2 pages", PhotoFault.PAGES),
    ],
    ids=["bands", "int64", "negative", "beyond", "to 3", "nan", "stack", "sizes"],
)
def test_reasons(pages: tuple[np.ndarray, ...], reason: str, fault: PhotoFault) -> None:
    """A whole file that is not read has its reason, and is never called damaged."""
    with pytest.raises(PhotoError, match=reason) as caught:
        preprocess.decode(tiff(*pages))
    assert caught.value.fault is fault
    assert "damaged" not in caught.value.what


def test_previews_are_no_pages() -> None:
    """Marked or small previews, masks and copies do not hide the photo, wherever they stand."""
    small, mask = GREY[::3, ::3], (GREY > 9).astype(np.uint8)
    for pages, forms in (
        ((GREY, small), {}),
        ((GREY, GREY), {}),
        ((small, GREY), {"page0": Form(tags=((254, (1,)),))}),
        ((GREY, mask), {"page1": Form(tags=((254, (4,)),))}),
    ):
        opened = preprocess.open_photo(tiff(*pages, **forms))
        assert np.array_equal(preprocess.show(opened).pixels[..., 0], GREY >> 8)
        assert opened.form.views == 2


@pytest.mark.parametrize("turn", range(1, 9))
def test_orientation(turn: int) -> None:
    """The tag of orientation turns photos that are read here as Pillow turns its own."""
    deep = tiff(DEEP, form=Form(photometric=2, tags=((274, (turn,)),)))
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[274] = turn
    Image.fromarray((DEEP >> 8).astype(np.uint8)).save(buffer, "PNG", exif=exif)
    assert np.array_equal(preprocess.decode(deep), preprocess.decode(buffer.getvalue()))


def test_cut_and_damaged_files() -> None:
    """A file that ends early is damaged, whatever is missing; nothing else is ever raised."""
    for form in (Form(), Form(deflate=True, predictor=2), Form(tile=16), Form(big=True)):
        data = tiff(DEEP, form=replace(form, photometric=2, planar=True))
        for share in (0.1, 0.5, 0.9):
            with pytest.raises(PhotoError, match="damaged or truncated"):
                preprocess.decode(data[: int(len(data) * share)])


def test_raw_files_are_refused() -> None:
    """The thumbnail of a camera's raw file is not taken for the photo."""
    with pytest.raises(PhotoError, match="Raw files") as caught:
        preprocess.decode(tiff(GREY, form=Form(tags=((50706, (1, 4, 0, 0)),))))
    assert caught.value.fault is PhotoFault.FORMAT


@pytest.mark.filterwarnings("ignore:'mode' parameter:DeprecationWarning")
def test_forms_that_pillow_reads_wrongly_are_refused() -> None:
    """Lab plane by plane, Lab of 16 bits and thinned YCbCr have a reason, and no wrong colours."""
    eight = (DEEP >> 8).astype(np.uint8)
    for photo, form, reason in (
        (eight, Form(photometric=8, planar=True), "CIELAB, plane by plane"),
        (DEEP, Form(photometric=8), "CIELAB of uint16"),
        (eight, Form(photometric=6), "YCbCr with colours of a lower resolution"),
    ):
        with pytest.raises(PhotoError, match=reason) as caught:
            preprocess.decode(tiff(photo, form=form))
        assert caught.value.fault is PhotoFault.FORM
    full = tiff(eight, form=Form(photometric=6, tags=((530, (1, 1)),)))
    expected = np.asarray(Image.fromarray(eight, "YCbCr").convert("RGB"))
    assert np.array_equal(preprocess.decode(full), expected)


def test_signed_bytes_and_colour_maps() -> None:
    """Signed bytes from 0 to 127 are plain bytes; a colour map of 16 bits gives its colours."""
    small = (GREY >> 9).astype(np.int8)
    assert np.array_equal(preprocess.decode(tiff(small))[..., 0], small)
    colours = RNG.integers(0, 1 << 16, (3, 256))
    eight = (GREY >> 8).astype(np.uint8)
    form = Form(photometric=3, tags=((320, tuple(int(c) for c in colours.ravel())),))
    assert np.array_equal(preprocess.decode(tiff(eight, form=form)), (colours.T >> 8)[eight])
