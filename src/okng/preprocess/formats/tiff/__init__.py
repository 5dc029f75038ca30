"""TIFF files of any depth: integers, floats, planar, tiled, either byte order.

Pillow has no mode for most of these and decodes some of them wrongly, so the samples are decoded
here. Pillow decompresses the bytes, and decodes palettes, JPEG, fax and 8-bit colour spaces.
"""

from typing import NoReturn

import numpy as np
from PIL import Image

from okng.errors import PhotoFault
from okng.preprocess.faults import check_size, damaged, fault, form
from okng.preprocess.formats import jpeg
from okng.preprocess.formats.tiff import directory as tags
from okng.preprocess.formats.tiff.directory import Directory, directories
from okng.preprocess.formats.tiff.pages import find_photo
from okng.preprocess.formats.tiff.rows import LOSSLESS
from okng.preprocess.formats.tiff.samples import Layout, layout_of, samples
from okng.preprocess.forms import Form, Opened, upright_or
from okng.preprocess.images import faults_of, open_image
from okng.preprocess.levels import Numbers, Samples, has_clear_parts, unsigned

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR, _LAB = 0, 1, 2, 3, 5, 6, 8
_RAW = (32803, 34892)  # photometric values of a sensor's mosaic (CFA) and of linear raw data
_JPEG = (6, 7)
_WORDS = {"u": "uint", "i": "int", "f": "float"}
_UNASSOCIATED = 2  # alpha that is not premultiplied into the colours
_COLOURS = {
    _WHITE_IS_ZERO: "white-is-zero", _BLACK_IS_ZERO: "grey", _RGB: "RGB", _PALETTE: "a palette",
    _CMYK: "CMYK", _YCBCR: "YCbCr", _LAB: "CIELAB",
}  # fmt: skip


def read(data: bytes, name: str) -> Opened:
    """Decode a TIFF file.

    Raises:
        PhotoError: it is damaged, in an unsupported form, or contains several photos.
    """
    with faults_of(name, "TIFF"):
        pages = directories(data)
        _refuse_raw(pages, data, name)
        number = find_photo(data, pages, name)
        page = pages[number]
        check_size(*page.size, name)
        layout = layout_of(page)
        if isinstance(layout, str):
            raise form("TIFF", layout, name)
        if _is_plain(page, layout):
            opened = _plain(data, page, layout, name)
        else:
            _check_for_pillow(data, page, layout, name)
            opened = open_image(data, name, ("TIFF",), number)
    camera = f"{page.text(tags.MAKE)} {page.text(tags.MODEL)}".strip()
    stored = opened.form
    return opened._replace(
        form=Form(
            "TIFF", stored.mode, stored.bits, stored.orientation, camera, len(pages),
            stored.clear_parts,
        )
    )  # fmt: skip


def _is_plain(page: Directory, layout: Layout) -> bool:
    colours = page.one(tags.PHOTOMETRIC, _BLACK_IS_ZERO)
    # Everything else goes to Pillow: bits below 8, lossy codecs, palettes, YCbCr, CIELAB.
    return (
        layout.bits >= 8
        and page.one(tags.COMPRESSION, 1) in LOSSLESS
        and colours in {_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _CMYK}
    )


def _plain(data: bytes, page: Directory, layout: Layout, name: str) -> Opened:
    colours, extra = page.one(tags.PHOTOMETRIC, _BLACK_IS_ZERO), page.many(tags.EXTRA)
    wanted = {_RGB: 3, _CMYK: 4}.get(colours, 1)
    if layout.channels < wanted or (wanted == 1 and layout.channels > 2):
        _refuse_bands(layout, name)
    values = samples(data, page, layout)
    alpha = None
    if _UNASSOCIATED in extra and wanted + extra.index(_UNASSOCIATED) < layout.channels:
        alpha = values[..., wanted + extra.index(_UNASSOCIATED)]
    if colours == _CMYK:
        rgb = _from_inks(values[..., :4], page, layout, name)
        return Opened(Samples(rgb), _form(page, layout, "CMYK", None))
    shown = values[..., 0] if wanted == 1 else values[..., :3]
    # 10, 12 or 14 bits state the depth of the camera; 16 is only the size of a word.
    declared = layout.bits if 8 < layout.bits < 16 else 0
    made = Samples(unsigned(shown), alpha, inverted=colours == _WHITE_IS_ZERO, declared=declared)
    return Opened(made, _form(page, layout, "L" if wanted == 1 else "RGB", made))


def _form(page: Directory, layout: Layout, mode: str, made: Samples | None) -> Form:
    if made is not None and made.alpha is not None:
        mode = "LA" if mode == "L" else "RGBA"
    if layout.kind == "f":
        mode = "F" if mode == "L" else f"{mode};{layout.bits}F"
    elif layout.bits > 8:
        mode = f"I;{layout.bits}" if mode == "L" else f"{mode};{layout.bits}"
    clear = made is not None and has_clear_parts(made)
    turn = upright_or(page.one(tags.ORIENTATION, 1))
    return Form("TIFF", mode, layout.bits, turn, clear_parts=clear)


def _from_inks(inks: Numbers, page: Directory, layout: Layout, name: str) -> Numbers:
    if page.one(tags.INK_SET, 1) != 1 or layout.kind != "u" or layout.bits not in {8, 16}:
        raise form("TIFF", f"{layout.bits} bits of other inks than CMYK", name)
    # Pillow converts CMYK of 8 bits; the low byte of 16 bits is dropped.
    eight = np.ascontiguousarray(inks >> (layout.bits - 8)).astype(np.uint8)
    image = Image.frombytes("CMYK", (eight.shape[1], eight.shape[0]), eight.tobytes())
    return np.array(image.convert("RGB"))


def _check_for_pillow(data: bytes, page: Directory, layout: Layout, name: str) -> None:
    """Refuse files that Pillow does not decode, or decodes wrongly."""
    colours = page.one(tags.PHOTOMETRIC, _BLACK_IS_ZERO)
    compression = page.one(tags.COMPRESSION, 1)
    named = _COLOURS.get(colours, f"photometric form {colours}")
    if layout.bits > 8 or layout.kind != "u":
        raise form("TIFF", f"{named} of {_numbers(layout)}", name)
    if colours not in _COLOURS:
        raise form("TIFF", named, name)
    if layout.planar:
        raise form("TIFF", f"{named}, plane by plane, compression {compression}", name)
    sampled = page.many(tags.SUBSAMPLING)[:2] or (2, 2)  # the default of the specification
    if colours == _YCBCR and compression not in _JPEG and sampled != (1, 1):
        raise form("TIFF", f"{named} with colours of a lower resolution", name)
    if data[2:4] == b"\0\x2b":
        raise form("TIFF", f"BigTIFF with compression {compression}", name)
    if layout.channels > 4 or (colours in {_WHITE_IS_ZERO, _BLACK_IS_ZERO} and layout.channels > 2):
        _refuse_bands(layout, name)
    if compression in _JPEG:
        for place, size in page.segments:
            if place + size > len(data):
                raise damaged(f"{place + size - len(data):,} bytes are missing", name)
            jpeg.check(data[place : place + size], name, tables=True)


def _refuse_bands(layout: Layout, name: str) -> NoReturn:
    raise form("TIFF", f"{layout.channels} bands of {_numbers(layout)}", name)


def _numbers(layout: Layout) -> str:
    return f"{_WORDS[layout.kind]}{layout.bits}"


def _refuse_raw(pages: list[Directory], data: bytes, name: str) -> None:
    """Refuse raw files of cameras: they are TIFF files whose first page is often a thumbnail."""
    is_raw = data[8:10] == b"CR" or any(  # the mark of Canon's CR2
        page.one(tags.PHOTOMETRIC) in _RAW or page.many(tags.DNG) for page in pages
    )
    if is_raw:
        what = "Raw files of cameras cannot be read: export it as TIFF or PNG"
        raise fault(PhotoFault.FORMAT, what, name)
