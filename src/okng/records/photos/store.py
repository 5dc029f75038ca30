"""A store of photos: a folder, or any place that fsspec reaches, such as `s3://bucket/photos`."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from okng.error_codes import Code
from okng.errors import OkngError
from okng.records.photos.bucket import Bucket, is_bucket
from okng.records.photos.folder import Folder
from okng.records.photos.places import Place, checked_path, digest_in, heatmap_place, place_of
from okng.records.photos.remote import Remote

T = TypeVar("T")
_PROBE = b"okng: this file shows that photos can be stored"


class PhotoStore:
    """Photos and heatmaps by their content. To be used from any thread.

    Args:
        where: a folder, or a URL of fsspec.

    Raises:
        OkngError: fsspec, or the package that it needs for this URL, is not installed.
    """

    def __init__(self, where: str | Path) -> None:
        self._files = _files(where)
        self._where = where

    def put(self, content: bytes) -> Place:
        """Store a content; the same content is stored once. On return it is on the disk.

        Raises:
            OkngError: the store is full, gone, or may not be written to.
        """
        place = place_of(content)
        if self._done(lambda: self._files.size(place.path)) != len(content):
            self._done(lambda: self._files.write(place.path, content))
        return place

    def get(self, path: str) -> bytes:
        """The content of a place.

        Raises:
            OkngError: this is no place, nothing is there, or the content was changed.
        """
        content = self._done(lambda: self._files.read(checked_path(path)))
        if hashlib.sha256(content).hexdigest() != digest_in(path):
            raise self._failed("The photo was changed after it was stored", path)
        return content

    def heatmap(self, digest: str) -> bytes:
        """The heatmap of a digest, a PNG file.

        Raises:
            OkngError: this is no digest, nothing is there, or the content was changed.
        """
        return self.get(heatmap_place(digest))

    def size(self, path: str) -> int | None:
        """Bytes of a place; None where nothing is.

        Raises:
            OkngError: this is no place, or the store cannot be read.
        """
        return self._done(lambda: self._files.size(checked_path(path)))

    def remove(self, path: str) -> int:
        """Delete a file, and give its bytes; 0 where nothing is.

        Raises:
            OkngError: this is no place, or the store cannot be changed.
        """
        size = self.size(path)
        if size is not None:
            self._done(lambda: self._files.remove(path))
        return size or 0

    def usage(self) -> int:
        """Bytes of all files: it visits each of them.

        Raises:
            OkngError: the store cannot be read.
        """
        return self._done(self._files.usage)

    def check(self) -> None:
        """Write, read and delete a small file: for `/readyz`.

        Raises:
            OkngError: the store is full, gone, or may not be written to.
        """
        place = self.put(_PROBE)
        self.get(place.path)
        self.remove(place.path)

    def _done(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except FileNotFoundError as exc:
            raise self._failed("The photo is gone", exc.filename or self._where) from exc
        except (OSError, ValueError, RuntimeError) as exc:
            raise self._failed(f"The store of photos fails: {exc}", self._where) from exc
        except OkngError as exc:
            if exc.code is Code.PHOTO_STORE:
                raise
            raise self._failed(exc.what, exc.where) from exc

    def _failed(self, what: str, where: object) -> OkngError:
        return OkngError(
            what,
            where=where,
            hint="Check `records.photo_store`: free space, rights, and the way to it.",
            code=Code.PHOTO_STORE,
        )


def _files(where: str | Path) -> Folder | Remote | Bucket:
    if not isinstance(where, str) or "://" not in where:
        return Folder(Path(where))
    return Bucket(where) if is_bucket(where) else Remote(where)
