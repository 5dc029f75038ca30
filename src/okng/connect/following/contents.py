"""A file at an address, and the error of one that cannot be fetched."""

from typing import BinaryIO, NamedTuple

from okng.errors import ConnectError


class Content(NamedTuple):
    """A file at an address.

    Attributes:
        version: of it, by which a change is seen: an ETag, or time and size.
        stream: of its bytes.
        length: in bytes; None where the other side does not state it.
    """

    version: str
    stream: BinaryIO
    length: int | None


def sibling(url: str, name: str) -> str:
    """The address of another file: the name itself if it is one, else beside the first."""
    if "://" in name:
        return name
    base = url.partition("?")[0]
    return f"{base.rpartition('/')[0]}/{name}"


def broken(url: str, reason: str) -> ConnectError:
    """The error of a file that cannot be fetched."""
    return ConnectError(
        f"The followed model cannot be fetched: {reason}",
        where=shown(url),
        hint="Check the address, the rights, and the way there; okng tries again by itself.",
    )


def shown(url: str) -> str:
    """An address for people: without what stands behind it, which may be a signature."""
    return url.partition("?")[0][:200]
