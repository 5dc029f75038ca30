"""Photos in a bucket or another store that fsspec reaches: S3, GCS, Azure, SFTP, a folder."""

import hashlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import PurePosixPath
from threading import Condition
from typing import Any, ClassVar, NamedTuple

import fsspec
from pydantic import Field

from okng.config import Duration
from okng.connect.contracts import Around, Finding, Source, SourceSettings
from okng.connect.part import Outcome, Part
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.preprocess import PHOTO_SUFFIXES

_AT_ONCE = 64  # objects in flight: their photos are in memory
_ANSWERS_S = 30.0  # for photos in flight when all is to end; a later start repeats their answers


class AfterObject(StrEnum):
    """What becomes of an object once its part is judged."""

    LEAVE = "leave"
    MOVE = "move"
    DELETE = "delete"


class BucketSettings(SourceSettings):
    """A bucket that photos are written to."""

    kind: ClassVar[str] = "bucket"

    url: str = Field(
        min_length=1,
        max_length=1000,
        description="Address for fsspec, such as s3://bucket/photos; credentials come from the "
        "environment, as its package has them.",
    )
    after: AfterObject = Field(
        AfterObject.MOVE,
        description="After judging: move below ok, ng, review and error, leave, or delete.",
    )
    sort_into: str = Field(
        "", max_length=1000, description="Where these are; beside the photos, if empty."
    )
    every: Duration = Field(5.0, ge=0.1, le=86400, description="Time between two looks.")

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - likewise
        """List the bucket."""
        bucket = self._bucket()
        return [Finding("bucket", self.url), Finding("photos", str(len(bucket.listed())))]

    def source(self, around: Around) -> Source:  # noqa: ARG002 - it belongs to no station
        """The source; nothing is listed yet."""
        return BucketSource(self._bucket(), self.every)

    def _bucket(self) -> "Bucket":
        return Bucket(self.url, self.after, self.sort_into)


class Object(NamedTuple):
    """One object.

    Attributes:
        path: in the store.
        key: SHA-256 of its address and its version: ETag, else time and size.
    """

    path: str
    key: str


class Bucket:
    """Lists and moves objects. `move` may be called from any thread.

    Args:
        url: for fsspec.
        after: what becomes of judged objects.
        sort_into: where they are moved to.
    """

    def __init__(self, url: str, after: AfterObject, sort_into: str) -> None:
        self._url = url
        self._after = after
        self._sort_into = sort_into

    def listed(self) -> list[Object]:
        """All photos below the address, in the order of their names.

        Raises:
            ConnectError: the store is not there, or refuses it.
        """
        try:
            store, root = self._reached()
            entries = store.find(root, detail=True)
        except FileNotFoundError:
            raise self._unreachable("there is no such place") from None
        except Exception as exc:
            raise self._unreachable(str(exc) or type(exc).__name__) from exc
        return [Object(path, self._key(path, about)) for path, about in sorted(entries.items())
                if self._is_photo(path, root)]  # fmt: skip

    def read(self, photo: Object) -> bytes:
        """Bytes of an object.

        Raises:
            ConnectError: it cannot be read.
        """
        try:
            store, _ = self._reached()
            return bytes(store.cat_file(photo.path))
        except Exception as exc:
            raise self._unreachable(f"{photo.path}: {exc}") from exc

    def settle(self, photo: Object, verdict: str) -> None:
        """Do with an object what is to be done after judging.

        Raises:
            ConnectError: the store refuses it.
        """
        if self._after is AfterObject.LEAVE:
            return
        try:
            store, root = self._reached()
            if self._after is AfterObject.DELETE:
                store.rm_file(photo.path)
                return
            target = self._target(photo.path, root, verdict)
            store.makedirs(target.rpartition("/")[0], exist_ok=True)
            store.mv(photo.path, target)
        except Exception as exc:
            raise self._unreachable(f"{photo.path}: {exc}") from exc

    def _reached(self) -> tuple[Any, str]:
        store, root = fsspec.core.url_to_fs(self._url, use_listings_cache=False)
        store.invalidate_cache()
        return store, str(root).rstrip("/")

    def _is_photo(self, path: str, root: str) -> bool:
        name = PurePosixPath(path)
        inside = path.removeprefix(root).strip("/").partition("/")[0]
        is_sorted = not self._sort_into and inside in ("ok", "ng", "review", "error")
        return name.suffix.lower() in PHOTO_SUFFIXES and not is_sorted

    def _key(self, path: str, about: dict[str, Any]) -> str:
        version = about.get("ETag") or about.get("etag") or (
            f"{about.get('LastModified') or about.get('mtime') or about.get('created')}"
            f"/{about.get('size')}"
        )  # fmt: skip
        return hashlib.sha256(f"{self._url}\0{path}\0{version}".encode()).hexdigest()

    def _target(self, path: str, root: str, verdict: str) -> str:
        base = root
        if self._sort_into:
            base = str(fsspec.core.url_to_fs(self._sort_into)[1]).rstrip("/")
        return f"{base}/{verdict.lower()}/{path.removeprefix(root).lstrip('/')}"

    def _unreachable(self, reason: str) -> ConnectError:
        return ConnectError(
            f"The bucket cannot be used: {reason}.",
            where=self._url,
            hint="Look at the address, the credentials in the environment, and whether the package "
            "of this kind of store is installed (s3fs, gcsfs, adlfs).",
            code=Code.CONNECT_FAILED,
        )


class BucketSource:
    """Looks into a bucket now and then; each object is one part.

    After a restart an object that is still there is given to the station again, which knows its key
    and repeats the answer that is on record: it is not judged twice.

    Args:
        bucket: that photos come from.
        every_s: between two looks.
    """

    def __init__(self, bucket: Bucket, every_s: float) -> None:
        self._bucket = bucket
        self._every_s = every_s
        self._changed = Condition()
        self._closed = False
        self._seen: set[str] = set()
        self._in_flight = 0
        self._inspected: list[tuple[Object, str]] = []

    def open(self) -> None:
        """List the bucket once."""
        with self._changed:
            self._closed = False
        self._bucket.listed()

    def parts(self) -> Iterator[Part]:
        """Photos as they come, until `close`; what was judged by then is moved."""
        while not self._is_closed():
            for photo in self._new():
                self._wait(lambda: self._in_flight < _AT_ONCE, None)
                if self._is_closed():
                    break
                yield self._part(photo)
            self._wait(lambda: False, self._every_s)
            self._sort()
        self._wait_for_answers()
        self._sort()

    def close(self) -> None:
        """End `parts`."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _is_closed(self) -> bool:
        return self._closed

    def _new(self) -> list[Object]:
        listed = self._bucket.listed()
        with self._changed:
            self._seen &= {photo.key for photo in listed}  # forget what is gone
            return [photo for photo in listed if photo.key not in self._seen]

    def _part(self, photo: Object) -> Part:
        data: bytes | None = None
        fault: ConnectError | None = None
        try:
            data = self._bucket.read(photo)
        except ConnectError as exc:
            fault = exc
        with self._changed:
            self._seen.add(photo.key)
            self._in_flight += 1

        def answered(outcome: Outcome) -> None:
            with self._changed:
                self._in_flight -= 1
                if outcome.row is None:
                    self._seen.discard(photo.key)  # nothing is on record: it comes again
                else:
                    self._inspected.append((photo, outcome.signal.value))
                self._changed.notify_all()

        return Part(photo=data, fault=fault, key=photo.key, answered=answered)

    def _sort(self) -> None:
        """Move or delete what was judged; what the store refuses is tried again at the next look.

        Raises:
            ConnectError: the store refuses it.
        """
        with self._changed:
            done, self._inspected = self._inspected, []
        while done:
            photo, verdict = done[-1]
            try:
                self._bucket.settle(photo, verdict)
            except ConnectError:
                with self._changed:
                    self._inspected += done
                raise
            done.pop()

    def _wait(self, true: Callable[[], bool], seconds: float | None) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or true(), seconds)

    def _wait_for_answers(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._in_flight, _ANSWERS_S)
