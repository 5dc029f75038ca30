"""Identifies the photos that a model file was made from: eight bytes of each digest."""

import base64
import binascii
from collections.abc import Iterable

BYTES = 8
"""Bytes of each SHA-256. With a million photos in the file and a million photos compared, a match
by chance has a probability of 2^40 / 2^64 = 6e-8."""


def pack(digests: Iterable[str]) -> str:
    """The first eight bytes of hexadecimal digests, sorted, as base64."""
    short = sorted({shortened(digest) for digest in digests if digest})
    return base64.b64encode(b"".join(short)).decode("ascii")


def unpack(text: str) -> frozenset[bytes]:
    """The inverse of `pack`: shortened digests; empty if the text is damaged."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return frozenset()  # as in an old file: the report then states that traces are missing
    return frozenset(data[begin : begin + BYTES] for begin in range(0, len(data), BYTES))


def shortened(digest: str) -> bytes:
    """The first eight bytes of a hexadecimal digest."""
    return bytes.fromhex(digest)[:BYTES]
