"""A TIFF writer of its own, so that nothing depends on how a library reads or writes."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TiffForm:
    """How a page is written.

    Attributes:
        photometric: 0 is white-is-zero, 1 black-is-zero, 2 RGB, 5 CMYK.
        planar: each channel in a plane of its own.
        order: `<` or `>`.
        bits: of a word; that of the array when 0. Others are packed without gaps.
        deflate: compressed.
        predictor: 2 takes horizontal differences, 3 those of floats.
        tile: side of the tiles, or 0 for strips.
        rows: of a strip.
        big: BigTIFF.
        tags: further (tag, numbers), as shorts.
    """

    photometric: int = 1
    planar: bool = False
    order: str = "<"
    bits: int = 0
    deflate: bool = False
    predictor: int = 1
    tile: int = 0
    rows: int = 7
    big: bool = False
    tags: tuple[tuple[int, tuple[int, ...]], ...] = ()


def tiff(*pages: np.ndarray, form: TiffForm | None = None, **kinds: TiffForm) -> bytes:
    """The bytes of a file; pages are (H, W) or (H, W, C)."""
    form = form or TiffForm()
    head = b"II" if form.order == "<" else b"MM"
    out = bytearray(head + struct.pack(form.order + ("HHHQ" if form.big else "HI"),
                                       *((43, 8, 0, 0) if form.big else (42, 0))))  # fmt: skip
    link = len(out) - (8 if form.big else 4)
    for number, page in enumerate(pages):
        link = _page(out, page, kinds.get(f"page{number}", form), link)
    return bytes(out)


def _page(out: bytearray, page: np.ndarray, form: TiffForm, link: int) -> int:
    page = page[..., None] if page.ndim == 2 else page
    height, width, count = page.shape
    planes = [page[..., c : c + 1] for c in range(count)] if form.planar else [page]
    offsets, sizes = [], []
    for plane in planes:
        for segment in _segments(plane, form):
            body = _packed(segment, form)
            offsets.append(len(out))
            sizes.append(len(body))
            out += body
    bits = form.bits or 8 * page.dtype.itemsize
    kind = {"u": 1, "i": 2, "f": 3}[page.dtype.kind]
    tags = [
        (256, [width]), (257, [height]), (258, [bits] * count), (259, [8 if form.deflate else 1]),
        (262, [form.photometric]), (277, [count]), (284, [2 if form.planar else 1]),
        (317, [form.predictor]), (339, [kind] * count),
    ]  # fmt: skip
    if form.tile:
        tags += [(322, [form.tile]), (323, [form.tile]), (324, offsets), (325, sizes)]
    else:
        tags += [(273, offsets), (278, [form.rows]), (279, sizes)]
    tags += [(tag, list(values)) for tag, values in form.tags]
    return _directory(out, sorted(tags), form, link)


def _directory(out: bytearray, tags: list[tuple[int, list[int]]], form: TiffForm, link: int) -> int:
    word, inside = ("Q", 8) if form.big else ("I", 4)
    entries = b""
    for tag, values in tags:
        body = struct.pack(f"{form.order}{len(values)}I", *values)
        if len(body) > inside:
            place = len(out)
            out += body
            body = struct.pack(form.order + word, place)
        entries += struct.pack(f"{form.order}HH{word}", tag, 4, len(values))
        entries += body.ljust(inside, b"\0")
    struct.pack_into(form.order + word, out, link, len(out))
    out += struct.pack(form.order + ("Q" if form.big else "H"), len(tags)) + entries
    out += bytes(inside)
    return len(out) - inside


def _segments(plane: np.ndarray, form: TiffForm) -> list[np.ndarray]:
    height, width, _ = plane.shape
    if not form.tile:
        return [plane[top : top + form.rows] for top in range(0, height, form.rows)]
    side = form.tile
    wide = np.pad(plane, ((0, -height % side), (0, -width % side), (0, 0)))
    return [
        wide[top : top + side, left : left + side]
        for top in range(0, height, side)
        for left in range(0, width, side)
    ]


def _packed(part: np.ndarray, form: TiffForm) -> bytes:
    if form.bits % 8:
        rows = part.reshape(len(part), -1)
        ones = rows[..., None] >> np.arange(form.bits)[::-1] & 1
        body = np.packbits(ones.reshape(len(part), -1).astype(np.uint8), axis=1).tobytes()
    elif form.predictor == 3:
        body = _float_differences(part)
    else:
        if form.predictor == 2:
            part = np.diff(part, axis=1, prepend=np.zeros_like(part[:, :1]))
        kind = part.dtype.newbyteorder(">" if form.order == ">" else "<")
        body = np.ascontiguousarray(part, kind).tobytes()
    return zlib.compress(body) if form.deflate else body


def _float_differences(part: np.ndarray) -> bytes:
    height, width, count = part.shape
    size = part.dtype.itemsize
    big = np.ascontiguousarray(part, part.dtype.newbyteorder(">")).view(np.uint8)
    planes = big.reshape(height, width * count, size).transpose(0, 2, 1)
    rows = np.ascontiguousarray(planes).reshape(height, size * width, count)
    return np.diff(rows, axis=1, prepend=np.zeros_like(rows[:, :1])).tobytes()
