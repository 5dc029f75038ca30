"""JPEG files: a fast decoder, Pillow for the rest, and limits that bound the time."""

import re
from typing import NamedTuple

import simplejpeg

from okng.preprocess.faults import check_size, damaged, form
from okng.preprocess.forms import Opened
from okng.preprocess.images import header, open_image
from okng.preprocess.levels import Array, Samples

MAX_SCANS = 100
"""Encoders write 10 scans, some up to 60; each further scan takes as long as a photo."""
_SCANNED_PIXELS = 2_000_000_000  # pixels of all scans together: about ten seconds
_FEWEST_SCANS = 16  # scans that are allowed for the largest photo, too
# Warnings of libjpeg after which the rest of the pixels is invented; its other warnings are
# harmless.
_LOSSES = ("premature end", "bad huffman", "instead of rst")
_FOUR_INKS = frozenset({"CMYK", "YCCK"})  # Pillow converts them
_DIVISORS = (8, 4, 2)  # for which libjpeg-turbo has fast code; sevenths and others take longer
_NEXT = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # a marker that is no stuffing and no restart
_SOS, _EOI, _JPEG_LS = 0xDA, 0xD9, 0xF7  # markers: start of scan, end of image, JPEG-LS frame
# SOF markers; the gaps C4, C8 and CC are tables and extensions.
_FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_LOSSLESS, _HIERARCHICAL = (0xC3, 0xC7, 0xCB, 0xCF), (0xC5, 0xC6, 0xCD, 0xCE)


class _Frame(NamedTuple):
    kind: int
    bits: int
    height: int
    width: int
    channels: int


def divisor(height: int, width: int, side: int) -> int:
    """By what both sides of a photo may be divided while it is decoded: 1, 2, 4 or 8.

    Args:
        height: of the photo, in pixels.
        width: likewise.
        side: pixels that the shorter side keeps at least; 0 does not allow any division.
    """
    shorter = min(height, width)
    return next((part for part in _DIVISORS if 0 < side <= -(-shorter // part)), 1)


def divisor_of(data: bytes, side: int) -> int:
    """`divisor` of a JPEG file; 1 where its header cannot be read or another decoder takes it."""
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return 1
    return 1 if space in _FOUR_INKS else divisor(height, width, side)


def read(data: bytes, name: str, *, divided_by: int = 1) -> Opened:
    """Decode a JPEG file; if it contains several pictures, the first.

    Args:
        data: the file.
        name: name of the photo, for errors.
        divided_by: of `divisor_of`: libjpeg-turbo then computes 4, 2 or 1 pixels a side from the
            low frequencies of each block of 8.

    Raises:
        PhotoError: it is damaged, in an unsupported form, or would take minutes.
    """
    check(data, name)
    colours = _quickly(data, name, divided_by)
    if colours is None:
        return open_image(data, name, ("JPEG", "MPO"))
    return Opened(Samples(colours), header(data, name, ("JPEG", "MPO")))


def check(data: bytes, name: str, *, tables: bool = False) -> None:
    """Check the header, and refuse files that no decoder here reads correctly or in time.

    Args:
        data: a JPEG file, or a segment of a TIFF.
        name: name of the photo, for errors.
        tables: whether a segment without a frame is accepted.

    Raises:
        PhotoError: with the reason.
    """
    frame, scans = _frame_and_scans(data)
    if frame is None:
        if tables:
            return
        raise damaged("its header cannot be read", name)
    check_size(frame.width, max(1, frame.height), name)
    reason = _unread(frame)
    if reason:
        raise form("JPEG", reason, name)
    most = _SCANNED_PIXELS // max(1, frame.width * frame.height)
    if scans > min(MAX_SCANS, max(_FEWEST_SCANS, most)):
        raise form("JPEG", f"its pixels come in {scans:,} scans", name)


def _unread(frame: _Frame) -> str:
    if frame.kind == _JPEG_LS:
        return "JPEG-LS"
    if frame.kind in _LOSSLESS:
        return f"lossless, {frame.bits} bit"
    if frame.kind in _HIERARCHICAL:
        return "hierarchical"
    if frame.bits != 8:
        return f"{frame.bits}-bit JPEG"
    return "" if frame.channels in {1, 3, 4} else f"{frame.channels} channels"


def _frame_and_scans(data: bytes) -> tuple[_Frame | None, int]:
    frame, scans, place = None, 0, 2
    while (match := _NEXT.search(data, place)) is not None:
        marker, place = data[match.end() - 1], match.end()
        if marker == _EOI:
            break
        if marker in {0x01, 0xD8}:  # without a length
            continue
        if marker in _FRAMES or marker == _JPEG_LS:
            # After the length: bits, height, width, number of channels.
            head = data[place + 2 : place + 8]
            if len(head) == 6 and frame is None:
                sizes = int.from_bytes(head[1:3]), int.from_bytes(head[3:5])
                frame = _Frame(marker, head[0], *sizes, head[5])
        scans += marker == _SOS
        place += max(2, int.from_bytes(data[place : place + 2]))
    return frame, scans


def _quickly(data: bytes, name: str, divided_by: int) -> Array | None:
    """Pixels from the fast decoder, uint8 (H, W) or (H, W, 3); None if Pillow should try.

    Pillow fills the missing part of a truncated photo with grey if an end marker follows, so a
    loss of pixels that libjpeg reports is final.
    """
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(data)
        four_inks = space in _FOUR_INKS
        grey = space == "Gray"
        wanted = "CMYK" if four_inks else "GRAY" if grey else "RGB"
        # The decoder takes the smallest of its sizes that is no smaller than this.
        least = {"min_height": -(-height // divided_by), "min_width": -(-width // divided_by)}
        size = least if divided_by > 1 else {}
        photo: Array = simplejpeg.decode_jpeg(data, colorspace=wanted, **size)
    except ValueError as exc:
        if any(loss in str(exc).lower() for loss in _LOSSES):
            raise damaged(exc, name) from exc
        return None
    return None if four_inks else photo[..., 0] if grey else photo
