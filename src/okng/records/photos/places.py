"""Where a photo lies in a store: `ab/cd/abcd....jpg`, made from its digest alone.

A place never comes from outside as it is: whatever does not look like one that was made here is
refused, so that no path leads out of the store.
"""

import hashlib
import re
from typing import NamedTuple

from okng.config.station import Store
from okng.error_codes import Code
from okng.errors import OkngError

_SIGNATURES = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"BM", "bmp"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
)
_PLACE = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\.(jpg|png|bmp|tif|webp|bin)")


class Place(NamedTuple):
    """A stored file.

    Attributes:
        digest: SHA-256 of its content, in hex.
        path: relative to the store.
    """

    digest: str
    path: str


def place_of(content: bytes) -> Place:
    """The place of a content; its suffix follows from the first bytes."""
    digest = hashlib.sha256(content).hexdigest()
    return Place(digest, f"{digest[:2]}/{digest[2:4]}/{digest}.{_suffix(content)}")


def heatmap_place(digest: str) -> str:
    """The path of a heatmap, which is always a PNG file.

    Raises:
        OkngError: this is no digest.
    """
    return checked_path(f"{digest[:2]}/{digest[2:4]}/{digest}.png")


def checked_path(path: str) -> str:
    """The path, which must be one of `place_of`.

    Raises:
        OkngError: it is not.
    """
    if _PLACE.fullmatch(path) is None:
        raise OkngError(
            "This is no place of a photo", where=path, hint="Take `photo_place` of an inspection.",
            code=Code.PHOTO_STORE,
        )  # fmt: skip
    return path


def digest_in(path: str) -> str:
    """The digest that a path names."""
    return path.rpartition("/")[2].partition(".")[0]


def is_stored(rule: Store, verdict: str) -> bool:
    """Whether the photo of an inspection is stored."""
    return rule is Store.ALL or (rule is Store.REJECTED and verdict != "OK")


def _suffix(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    matching = (suffix for signature, suffix in _SIGNATURES if content.startswith(signature))
    return next(matching, "bin")
