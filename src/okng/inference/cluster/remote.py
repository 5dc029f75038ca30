"""Photos at a URL, read by fsspec: S3, Azure, WebDAV, HTTP."""

from typing import Any

from okng.error_codes import Code
from okng.errors import OkngError
from okng.inference.frames import ReadError
from okng.preprocess import MAX_BYTES

_KINDS = (
    (FileNotFoundError, Code.PHOTO_DENIED, "There is no such file"),
    (PermissionError, Code.PHOTO_DENIED, "The file may not be read"),
)


def file_system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it.

    Raises:
        OkngError: fsspec, or the package that it needs for this kind of URL, is not installed.
    """
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - comes with an extra

        files, path = url_to_fs(url)
    except (ImportError, ValueError) as exc:
        raise OkngError(
            f"This place cannot be opened: {exc}",
            where=url.partition("?")[0],
            hint="Install the package for its kind on every node, such as s3fs or adlfs.",
            code=Code.LIBRARY_MISSING if isinstance(exc, ImportError) else Code.PHOTO_STORE,
        ) from exc
    return files, str(path)


def fetch(url: str) -> bytes | ReadError:
    """The bytes of a photo, or why there are none.

    Raises:
        OkngError: fsspec, or the package that it needs for this kind of URL, is not installed.
    """
    files, path = file_system(url)
    try:
        # One more than a photo may have: a larger file is refused without being read whole.
        data = bytes(files.cat_file(path, start=0, end=MAX_BYTES + 1))
    except OSError as exc:
        code, text = next(
            ((code, text) for kind, code, text in _KINDS if isinstance(exc, kind)),
            (Code.PHOTO_OTHER, f"The file cannot be read: {exc}"),
        )
        return ReadError(text, code, url)
    if len(data) > MAX_BYTES:
        return ReadError("The file is too large for a photo", Code.PHOTO_SIZE, url)
    return data
