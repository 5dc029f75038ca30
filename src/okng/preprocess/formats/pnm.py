"""PGM and PPM files with more than 8 bits. Pillow rescales their values; here they stay."""

import re

import numpy as np

from okng.preprocess.faults import check_size, damaged, form, pages
from okng.preprocess.forms import Form, Opened
from okng.preprocess.images import open_image
from okng.preprocess.levels import Samples

_NUMBER = re.compile(rb"#[^\n\r]*|(\d+)")


def read(data: bytes, name: str) -> Opened:
    """Decode a PBM, PGM or PPM file.

    Raises:
        PhotoError: it is damaged, in an unsupported form, or contains several photos.
    """
    kind = data[:2]
    numbers, start = _numbers(data, 2 if kind in {b"P1", b"P4"} else 3, name)
    width, height, top = (*numbers, 1)[:3]
    check_size(width, height, name)
    if not 0 < top < 1 << 16:
        raise damaged(f"its largest value is {top}", name)
    channels = 3 if kind in {b"P3", b"P6"} else 1
    # Bytes per row: P4 packs eight pixels into a byte, values above 255 take two bytes.
    row = (width + 7) // 8 if kind == b"P4" else width * channels * (2 if top > 255 else 1)
    rest = data[start + row * height :].lstrip() if kind in {b"P4", b"P5", b"P6"} else b""
    if re.match(rb"P[1-6]\s", rest):
        raise pages(2, name)
    if top <= 255:
        return open_image(data, name, ("PPM",))
    if kind in {b"P2", b"P3"}:
        raise form("PPM", "deep values as text", name)
    body = data[start : start + row * height]
    if len(body) < row * height:
        raise damaged(f"{row * height - len(body):,} bytes are missing", name)
    shape = (height, width, 3) if channels == 3 else (height, width)
    # Two bytes per value, most significant first, by the definition of the format.
    values = np.frombuffer(body, ">u2").reshape(shape).astype(np.uint16)
    bits = int(top).bit_length()
    # The stated maximum declares the depth; 65535 is the default of most writers and states none.
    declared = bits if bits < 16 else 0
    mode = "RGB;16" if channels == 3 else "I;16"
    return Opened(Samples(values, declared=declared), Form("PPM", mode, 16))


def _numbers(data: bytes, count: int, name: str) -> tuple[list[int], int]:
    """The numbers of the header, and where the pixels start."""
    numbers: list[int] = []
    for match in _NUMBER.finditer(data, 2, 4096):
        if match[1]:
            numbers.append(int(match[1]))
        if len(numbers) == count:
            return numbers, match.end() + 1
    raise damaged("its header cannot be read", name)
