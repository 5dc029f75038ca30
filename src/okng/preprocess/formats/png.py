"""PNG files: critical chunks are checked, metadata may be damaged, 16 bits stay 16 bits."""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

from okng.preprocess.faults import check_size, damaged, form
from okng.preprocess.forms import Form, Opened, camera, orientation
from okng.preprocess.images import faults_of, samples_of
from okng.preprocess.levels import Numbers, Samples, has_clear_parts
from okng.preprocess.quiet import quiet_pillow

START = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6  # colour types of the header
_MODES = {_GREY: "L", _RGB: "RGB", _PALETTE: "P", _GREY_ALPHA: "LA", _RGBA: "RGBA"}
_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"eXIf"}  # chunks passed on; others are metadata
_CHANNELS = {_GREY: 1, _RGB: 3}


class _Chunk(NamedTuple):
    kind: bytes
    body: memoryview

    def __bytes__(self) -> bytes:
        check = zlib.crc32(self.body, zlib.crc32(self.kind))
        return b"".join(
            [struct.pack(">I", len(self.body)), self.kind, self.body, struct.pack(">I", check)]
        )


class _Header(NamedTuple):
    width: int
    height: int
    bits: int
    colour: int
    rest: bytes


def read(data: bytes, name: str) -> Opened:
    """Decode a PNG file; of an animated file, the default picture.

    Raises:
        PhotoError: it is damaged.
    """
    header = _header(data, name)
    check_size(header.width, header.height, name)
    chunks, views = _chunks(data, name)
    if header.colour not in _MODES:
        raise damaged(f"its colour type is {header.colour}", name)
    key = next((bytes(c.body) for c in chunks if c.kind == b"tRNS"), b"")
    with faults_of(name, "PNG"), quiet_pillow:
        samples = _samples(header, chunks, key)
        turn, maker = _notes(chunks)
    mode = _MODES[header.colour]
    if header.bits == 16:
        mode = "I;16" if mode == "L" else f"{mode};16"
    if header.bits == 1 and mode == "L":
        mode = "1"
    clear = has_clear_parts(samples)
    return Opened(samples, Form("PNG", mode, header.bits, turn, maker, views, clear))


def _samples(header: _Header, chunks: list[_Chunk], key: bytes) -> Samples:
    colour, bits = header.colour, header.bits
    if colour == _PALETTE:
        return samples_of(_open(chunks))
    pixels = [chunk for chunk in chunks if chunk.kind != b"tRNS"]
    if bits < 16:
        samples = samples_of(_open(pixels))
    elif colour == _GREY:
        samples = Samples(np.array(_open(pixels)).astype(np.uint16, copy=False))
    elif colour == _GREY_ALPHA:
        both = _grey_and_alpha(header, pixels)
        samples = Samples(both[..., 0], both[..., 1])
    else:
        deep = _deep(pixels, "RGBA" if colour == _RGBA else "RGB")
        samples = Samples(deep[..., :3], deep[..., 3] if colour == _RGBA else None)
    return samples._replace(alpha=_cut_out(samples.colours, header, key)) if key else samples


def _deep(chunks: list[_Chunk], mode: str) -> Numbers:
    """16 bits per channel. Pillow returns one byte of two, so the file is decoded twice."""
    high, low = (np.asarray(_open(chunks, f"{mode};16{order}")) for order in "BL")
    both: Numbers = high.astype(np.uint16) << 8 | low
    return both


def _grey_and_alpha(header: _Header, chunks: list[_Chunk]) -> Numbers:
    """Two channels of 16 bits, decoded as four channels of 8 bits, which have the same layout."""
    as_rgba = struct.pack(">IIBB", header.width, header.height, 8, _RGBA) + header.rest
    image = _open([_Chunk(b"IHDR", memoryview(as_rgba)), *chunks[1:]])
    four = np.asarray(image).astype(np.uint16)
    both: Numbers = four[..., ::2] << 8 | four[..., 1::2]
    return both


def _cut_out(colours: Numbers, header: _Header, key: bytes) -> Numbers | None:
    """Alpha, uint8 (H, W), of a photo in which one colour means transparent."""
    count = _CHANNELS.get(header.colour)
    if count is None or len(key) != 2 * count:
        return None
    values = np.array(struct.unpack(f">{count}H", key), np.int64)
    if header.bits < 8:  # the key has the bits of the file, the pixels were scaled to 8
        values = values * 255 // ((1 << header.bits) - 1)
    same = colours == values if count == 3 else colours == values[0]
    clear = same.all(axis=2) if count == 3 else same
    return np.where(clear, 0, 255).astype(np.uint8)


def _open(chunks: list[_Chunk], words: str = "") -> Image.Image:
    parts = [START, *(bytes(chunk) for chunk in chunks if chunk.kind != b"eXIf")]
    file = io.BytesIO(b"".join([*parts, bytes(_Chunk(b"IEND", memoryview(b"")))]))
    image = Image.open(file, formats=("PNG",))
    if words:
        image.tile = [tile._replace(args=words) for tile in image.tile]
    image.load()
    return image


def _notes(chunks: list[_Chunk]) -> tuple[int, str]:
    """Orientation and camera."""
    exif = next((bytes(chunk.body) for chunk in chunks if chunk.kind == b"eXIf"), b"")
    if not exif:
        return 1, ""
    image = Image.new("L", (1, 1))
    image.info["exif"] = exif if exif.startswith(b"Exif\0\0") else b"Exif\0\0" + exif
    return orientation(image), camera(image)


def _header(data: bytes, name: str) -> _Header:
    kind, body, whole = next(_walk(memoryview(data)), (b"", memoryview(b""), False))
    if kind != b"IHDR" or len(body) != 13 or not whole:
        raise damaged("its header cannot be read", name)
    width, height, bits, colour = struct.unpack(">IIBB", body[:10])
    return _Header(width, height, bits, colour, bytes(body[10:]))


def _chunks(data: bytes, name: str) -> tuple[list[_Chunk], int]:
    """The chunks of the picture, and the number of pictures."""
    chunks, views = [], 1
    for kind, body, whole in _walk(memoryview(data)):
        if kind == b"acTL" and whole and len(body) == 8:
            views = max(1, int.from_bytes(body[:4]))
        is_critical = kind[:1].isupper()  # by the PNG specification
        if is_critical and kind not in _NEEDED and kind != b"IEND":
            raise form("PNG", f"it has {ascii(kind)[2:-1]} chunks", name)
        if is_critical and not whole:
            raise damaged(f"its {ascii(kind)[2:-1]} chunk is cut or has a wrong checksum", name)
        if kind == b"IEND":
            break
        if kind in _NEEDED and whole:
            chunks.append(_Chunk(kind, body))
    return chunks, views


def _walk(data: memoryview) -> Iterator[tuple[bytes, memoryview, bool]]:
    """Kind and body of each chunk, and whether it is complete with the right checksum."""
    place = len(START)
    while place + 8 <= len(data):
        size, kind = int.from_bytes(data[place : place + 4]), bytes(data[place + 4 : place + 8])
        end = place + 8 + size
        body = data[place + 8 : end]
        # The checksum of other chunks is not computed: their content is not used.
        needed = kind in _NEEDED or kind[:1].isupper() or kind == b"acTL"
        whole = end + 4 <= len(data)
        if whole and needed:
            whole = zlib.crc32(body, zlib.crc32(kind)) == int.from_bytes(data[end : end + 4])
        yield kind, body, whole
        place = end + 4
