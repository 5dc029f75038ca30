"""Fetches a file from an address into a file, unless it is the one of before."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from okng.connect.following.contents import Content, broken

MOST_BYTES = 1 << 30
"""Of a followed file: a gibibyte, a hundred times what okng trains."""
_PIECE = 1 << 20


def fetch(url: str, known: str, target: Path) -> str | None:
    """Fetch a file if its version is not the known one.

    Args:
        url: by https, http, s3 or file.
        known: version of before; empty for none.
        target: the file to write; what a broken fetch leaves there is deleted.

    Returns:
        The version that was fetched; None where it is the known one.

    Raises:
        ConnectError: it cannot be reached, is not there, may not be read, or broke off.
        ConfigError: boto3 is not installed.
    """
    try:
        content = _opener(url)(url, known)
    except ValueError as exc:  # no address at all: https://[x, file:///a%00b
        raise broken(url, str(exc)) from exc
    if content is None:
        return None
    try:
        with content.stream as stream:
            _copy(url, stream, content.length, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return content.version


def _opener(url: str) -> Callable[[str, str], Content | None]:
    scheme = urlsplit(url).scheme
    if scheme == "s3":
        from okng.connect.following.s3 import opened_object  # noqa: PLC0415 - boto3 is an extra

        return opened_object
    if scheme == "file":
        return _opened_file
    from okng.connect.following.web import opened_page  # noqa: PLC0415 - loads ssl

    return opened_page


def _copy(url: str, stream: BinaryIO, length: int | None, target: Path) -> None:
    size = 0
    with target.open("wb") as file:
        while piece := _piece(url, stream):
            size += len(piece)
            if size > MOST_BYTES:
                raise broken(url, f"it has more than {MOST_BYTES:,} bytes")
            file.write(piece)
    if length is not None and size != length:
        raise broken(url, f"{size:,} of {length:,} bytes came")


def _piece(url: str, stream: BinaryIO) -> bytes:
    try:
        return stream.read(_PIECE)
    # HTTP and S3 have errors of their own for a connection that is lost
    except Exception as exc:
        raise broken(url, str(exc) or type(exc).__name__) from exc


def _opened_file(url: str, known: str) -> Content | None:
    path = Path(unquote(urlsplit(url).path))
    try:
        status = path.stat()
        version = f"{status.st_mtime_ns}-{status.st_size}"
        return None if version == known else Content(version, path.open("rb"), status.st_size)
    except OSError as exc:
        raise broken(url, exc.strerror or str(exc)) from exc
