"""Whether the bytes of a file are a whole photo, or the first part of one that is being written.

The end of a photo is looked for in the structure of its format. Decoding it would take as long as
judging it; what is whole by its structure and damaged inside is found when it is judged.
"""

import struct
from collections.abc import Callable
from enum import Enum


class Whole(Enum):
    """What the bytes of a file show."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def is_whole(data: bytes) -> Whole:
    """Whether a photo has its end.

    Args:
        data: of the file, as far as it is written. A file that got its full length first and is
            filled later ends in zeros.
    """
    for start, check in _CHECKS:
        if data.startswith(start):
            try:
                return check(data)
            except (struct.error, IndexError):  # cut off inside a header
                return Whole.NO
    return Whole.UNCLEAR if _filled(data) else Whole.NO


def _jpeg(data: bytes) -> Whole:
    """The marker of the end comes after the scan: that of a thumbnail lies before it."""
    place = 2
    while data[place] == 0xFF and data[place + 1] != 0xDA:  # start of scan
        if data[place + 1] == 0xFF:  # a fill byte
            place += 1
            continue
        (length,) = struct.unpack_from(">H", data, place + 2)
        place += 2 + length
    return Whole.YES if data.rfind(b"\xff\xd9", place) > 0 else Whole.NO


def _png(data: bytes) -> Whole:
    return Whole.YES if data.find(b"IEND", max(8, len(data) - 4096)) > 0 else Whole.NO


def _bmp(data: bytes) -> Whole:
    (size,) = struct.unpack_from("<I", data, 2)  # some programs write 0
    return _of_length(data, size)


def _riff(data: bytes) -> Whole:
    (size,) = struct.unpack_from("<I", data, 4)
    return _of_length(data, size + 8)


def _of_length(data: bytes, size: int) -> Whole:
    """By the length in the header. An end in zeros may be black, or not be written yet."""
    if len(data) < size:
        return Whole.NO
    return Whole.YES if size and _filled(data[-64:]) else Whole.UNCLEAR


def _filled(data: bytes) -> bool:
    return bool(data.strip(b"\0"))


_CHECKS: tuple[tuple[bytes, Callable[[bytes], Whole]], ...] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"BM", _bmp),
    (b"RIFF", _riff),
)
"""Formats whose structure shows the end; of others only time does."""
