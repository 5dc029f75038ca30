"""Puts verdicts on record: the photo into the store, the row into the database, then the answer."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from okng.config import Store
from okng.errors import OkngError
from okng.records import InspectionRow, Link, Records
from okng.records.photos import PhotoStore, Place, is_stored

_WRITERS = 4  # files that are written at once: each waits for the disk, not for the processor

Recorded = Callable[[InspectionRow, BaseException | None], None]
"""Called with the row as it stands on record, or with why it does not."""


class Recorder:
    """Stores photos and rows. To be used from any thread.

    A photo that cannot be stored costs no verdict: its row has no place, and `fault` has the cause.

    Args:
        records: the database; None stores nothing.
        photos: the store of photos; None stores none.
        rule: which photos are stored.
    """

    def __init__(self, records: Records | None, photos: PhotoStore | None, rule: Store) -> None:
        self._records, self._photos, self._rule = records, photos, rule
        self._pool = ThreadPoolExecutor(_WRITERS, "okng-photos")
        self.fault: OkngError | None = None

    def store(self, photo: object, verdict: str | None = None) -> Future[Place | None] | None:
        """Begin to store a photo, if it is to be stored; None if it is not.

        Args:
            photo: bytes of an image file; arrays are not stored.
            verdict: None where there is none yet: then only a rule for all photos counts.
        """
        # None: the verdict is not known yet, so only a rule without one decides
        known = self._rule is Store.ALL if verdict is None else is_stored(self._rule, verdict)
        if self._photos is None or not known or not isinstance(photo, bytes):
            return None
        return self._pool.submit(self._put, self._photos, photo)

    def record(
        self, row: InspectionRow, stored: Future[Place | None] | None, done: Recorded
    ) -> None:
        """Put a row on record, once its photo is stored.

        Args:
            row: without the place of its photo.
            stored: of `store`.
            done: called once, in any thread.
        """
        if stored is None:
            self._append(row, done)
        else:
            stored.add_done_callback(partial(self._placed, row, done))

    def close(self) -> None:
        """End the threads, after what they write."""
        self._pool.shutdown()

    def _put(self, photos: PhotoStore, photo: bytes) -> Place | None:
        try:
            place = photos.put(photo)
        except OkngError as exc:
            self.fault = exc
            # A full disk of photos does not stop the line: the row says that there is no photo.
            return None
        self.fault = None
        return place

    def _placed(self, row: InspectionRow, done: Recorded, stored: Future[Place | None]) -> None:
        fault = stored.exception()
        if fault is not None:
            done(row, fault)
            return
        place = stored.result()
        # the row names where the photo is, so it comes after it
        self._append(replace(row, photo_place=place.path) if place else row, done)

    def _append(self, row: InspectionRow, done: Recorded) -> None:
        if self._records is None:
            done(row, None)
            return
        try:
            written = self._records.append(row)
        except OkngError as exc:
            done(row, exc)
            return
        written.add_done_callback(partial(_written, row, done))


def _written(row: InspectionRow, done: Recorded, written: Future[list[Link]]) -> None:
    done(row, written.exception())
