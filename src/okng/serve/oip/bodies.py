"""Bodies of the protocol: compression, the JSON part, and the bytes of tensors behind it."""

import gzip
import json
import zlib
from typing import Any, NamedTuple, NoReturn

from okng.error_codes import Code
from okng.errors import StationError

LENGTH = "Inference-Header-Content-Length"
"""Header with the length of the JSON part; what follows are the bytes of tensors."""
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}  # deflate is a zlib stream


class Parts(NamedTuple):
    """A body, taken apart.

    Attributes:
        document: the JSON part.
        tensors: bytes behind it.
    """

    document: Any
    tensors: bytes


def decompressed(body: bytes, encoding: str | None, most: int) -> bytes:
    """The body without its compression.

    Args:
        body: as it was received.
        encoding: header `Content-Encoding`; None for none.
        most: bytes of the result, at most.

    Raises:
        StationError: the encoding is not known, the body does not have it, or is too large.
    """
    name = (encoding or "identity").strip().lower()
    if name in {"identity", ""}:
        return body
    if name not in _WINDOWS:
        raise StationError(
            f"The Content-Encoding {name!r} is not read here",
            allowed="gzip, deflate, or none",
            hint="Send the body without it.",
            code=Code.REQUEST_MEDIA_TYPE,
        )
    inflater = zlib.decompressobj(_WINDOWS[name])
    try:
        # one byte more than allowed shows a bomb without unpacking it
        data = inflater.decompress(body, most + 1)
    except zlib.error as exc:
        raise wrong(f"The body is not compressed with {name}: {exc}") from exc
    if len(data) > most:
        raise StationError(
            "The body is too large once it is decompressed",
            allowed=f"{most / 1e6:g} MB",
            hint="Send fewer or smaller photos at a time.",
            code=Code.REQUEST_TOO_LARGE,
        )
    if not inflater.eof or inflater.unused_data:  # cut off, or with something behind it
        raise wrong(f"The body is not one whole {name} stream")
    return data


def compressed(body: bytes, accepted: str | None) -> tuple[bytes, str | None]:
    """A body, compressed as the client accepts it, and the name of that; None for none."""
    names = [
        part.partition(";")[0].strip().lower()
        for part in (accepted or "").split(",")
        # gzip;q=0 forbids it, gzip;q=0.5 does not
        if "q=0" not in part.replace(" ", "").replace("q=0.", "q=1")
    ]
    if "gzip" in names:
        # level 1: the bytes go to the next machine, not over the ocean
        return gzip.compress(body, 1, mtime=0), "gzip"
    if "deflate" in names:
        return zlib.compress(body, 1), "deflate"
    return body, None


def parts_of(body: bytes, length: str | None) -> Parts:
    """Take a body apart.

    Args:
        body: without compression.
        length: header `LENGTH`; None where the whole body is JSON.

    Raises:
        StationError: the length is not one of this body, or the JSON part is none.
    """
    # no header: all of it is JSON
    end = len(body) if length is None else _length(length, len(body))
    try:
        # NaN and Infinity are no JSON, and Python reads them
        document = json.loads(body[:end], parse_constant=_no_number)
    except (ValueError, RecursionError) as exc:  # RecursionError: ten thousand brackets
        raise wrong(f"The request is not JSON: {exc}") from exc
    return Parts(document, body[end:])


def wrong(what: str, hint: str = "See the Open Inference Protocol, version 2.") -> StationError:
    """The error for a request that does not follow the protocol."""
    return StationError(what, hint=hint)


def _length(text: str, size: int) -> int:
    # isdecimal takes digits of other scripts, so isascii, too
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= size):
        raise wrong(f"{LENGTH} is {text[:40]!r}, and the body has {size} bytes")
    if int(text) == 0:
        raise wrong(
            "A body without a JSON part is not read here",
            "Such a request needs a model with one input; this one has photo and photo_bytes.",
        )
    return int(text)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
