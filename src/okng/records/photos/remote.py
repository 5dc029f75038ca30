"""Photos in a place that fsspec reaches: S3, Azure, a WebDAV server, memory."""

from typing import Any

from okng.error_codes import Code
from okng.errors import OkngError


class Remote:
    """Files below a URL, by checked relative paths.

    Args:
        url: such as `s3://bucket/photos`.

    Raises:
        OkngError: fsspec, or the package that it needs for this URL, is not installed.
    """

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - optional

            self._files: Any
            self._files, root = url_to_fs(url)
        except (ImportError, ValueError) as exc:
            raise OkngError(
                f"This store of photos cannot be opened: {exc}",
                where=url.partition("?")[0],
                hint="pip install fsspec, and the package for its kind, such as s3fs",
                code=Code.LIBRARY_MISSING if isinstance(exc, ImportError) else Code.PHOTO_STORE,
            ) from exc
        self._root = str(root).rstrip("/")

    def write(self, path: str, content: bytes) -> None:
        """Write a file. Object stores show it when it is whole."""
        target = f"{self._root}/{path}"
        self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(target, content)

    def read(self, path: str) -> bytes:
        """The content of a file."""
        return bytes(self._files.cat_file(f"{self._root}/{path}"))

    def size(self, path: str) -> int | None:
        """Bytes of a file; None where nothing is."""
        try:
            return int(self._files.info(f"{self._root}/{path}")["size"])
        except FileNotFoundError:
            return None

    def remove(self, path: str) -> None:
        """Delete a file."""
        self._files.rm_file(f"{self._root}/{path}")

    def usage(self) -> int:
        """Bytes of all files."""
        return int(self._files.du(self._root, total=True)) if self._files.exists(self._root) else 0
