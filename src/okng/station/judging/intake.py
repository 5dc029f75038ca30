"""The way of a photo from its acceptance to the records."""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from okng import preprocess
from okng.config import StationSettings
from okng.error_codes import Code
from okng.errors import BusyError, PhotoError, PhotoFault, RecordsConflictError
from okng.inference import Inspection
from okng.inference.engine.batcher import Seen
from okng.records import InspectionRow, Records, Role
from okng.records.photos import Place
from okng.station.drift_alarm import DriftWatcher
from okng.station.judging.pending import Pending
from okng.station.judging.recorder import Recorder
from okng.station.judging.requests import PhotoRequest
from okng.station.judging.rows import row_of

OnRecord = Callable[[Pending, InspectionRow, BaseException | None], None]
"""Called with the row as it stands on record, or with why it does not."""


class Intake:
    """Hands photos to the engines in the order of their arrival, in one thread.

    It waits where an engine has too many pixels in flight; what is behind it waits as bytes, not
    as pixels.

    Args:
        settings: of the station.
        records: where an idempotency key is searched for.
        recorder: puts verdicts on record.
        on_record: called once for each verdict, in any thread.
        drift: measures the parts of the line; None for none.
    """

    def __init__(
        self,
        settings: StationSettings,
        records: Records | None,
        recorder: Recorder,
        on_record: OnRecord,
        drift: DriftWatcher | None = None,
    ) -> None:
        self._settings, self._records, self._drift = settings, records, drift
        self._recorder, self._on_record = recorder, on_record
        # One thread: two requests with the same key come one after the other.
        self._thread = ThreadPoolExecutor(1, "okng-intake")

    def take(self, pending: Pending) -> None:
        """Judge a photo as soon as its turn has come."""
        begun = self._thread.submit(self._begin, pending)
        begun.add_done_callback(partial(_not_begun, pending))

    def repeat(self, pending: Pending, fault: RecordsConflictError) -> None:
        """Answer what is on record for the key; the fault, where it is for another photo."""
        again = self._thread.submit(self._answer_stored, pending, fault)
        again.add_done_callback(partial(_failed, pending))

    def close(self) -> None:
        """End the thread; what waits for it is refused."""
        self._thread.shutdown(cancel_futures=True)

    def _begin(self, pending: Pending) -> None:
        if pending.over:  # nobody waits any more
            return
        request = pending.request
        row = self._stored(request)
        if row is not None:
            pending.repeat(row)
            return
        self._check(request)
        # stored while the network judges; with a rule by verdict, only after it
        stored = self._recorder.store(request.photo)
        name, engine, loaded = pending.served
        # pinned: the model of the moment of arrival
        work = engine.submit(request.photo, pinned=loaded, seen=self._seen(request))
        pending.works_on(work)
        work.add_done_callback(partial(self._inspected, pending, name, stored))

    def _seen(self, request: PhotoRequest) -> Seen | None:
        """Master parts and shadows are no parts of the line."""
        if self._drift is None or request.role is not Role.LIVE:
            return None
        return partial(self._drift.take, product=request.product or self._settings.station.product)

    def _answer_stored(self, pending: Pending, fault: RecordsConflictError) -> None:
        row = self._stored(pending.request)
        if row is None:
            raise fault
        pending.repeat(row)

    def _stored(self, request: PhotoRequest) -> InspectionRow | None:
        """What is on record for the key.

        Raises:
            RecordsConflictError: another photo.
        """
        if request.key is None or self._records is None:
            return None
        station = request.station or self._settings.station.name
        row = self._records.inspection_of_key(station, request.key)
        # the same key with another photo is no repeat
        if row is not None and row.photo_digest != digest_of(request.photo):
            raise other_photo(request.key)
        return row

    def _check(self, request: PhotoRequest) -> None:
        """Refuse what is no photo, or too large a one, before it is decoded."""
        if isinstance(request.photo, bytes):
            pixels = preprocess.pixel_count(request.photo)
            # No size in its first bytes: no photo at all.
            if pixels == 0:
                preprocess.decode(request.photo)  # refuses it by its first bytes
        else:
            pixels = request.photo.shape[0] * request.photo.shape[1]
        most = self._settings.server.pixels_mp * 1e6  # megapixels -> pixels
        if pixels is not None and pixels > most:
            raise _too_large(pixels, most)

    def _inspected(
        self,
        pending: Pending,
        name: str,
        stored: Future[Place | None] | None,
        work: Future[Inspection],
    ) -> None:
        """In a thread of the engine: put the verdict on record."""
        if not pending.claim() or _failed(pending, work):  # it was rejected, as it is late
            return
        request, inspection = pending.request, work.result()
        # with waiting, decoding and storing the photo
        latency_ns = time.perf_counter_ns() - request.arrival.clock_ns
        row = row_of(
            inspection,
            request,
            station=request.station or self._settings.station.name,
            model_name=name,
            latency_us=latency_ns // 1000,
        )
        if stored is None:
            stored = self._recorder.store(request.photo, row.verdict)
        self._recorder.record(row, stored, partial(self._on_record, pending))


def digest_of(photo: object) -> str | None:
    """SHA-256 of the bytes of a photo, in hex; None for arrays."""
    return hashlib.sha256(photo).hexdigest() if isinstance(photo, bytes) else None


def stopping() -> BusyError:
    """The error of a station that stops."""
    return BusyError("The station is stopping", retry_after=10, code=Code.STATION_STOPPING)


def other_photo(key: str) -> RecordsConflictError:
    """The error for a key that was given with another photo before."""
    return RecordsConflictError(
        "The idempotency key is in use for another photo",
        where=key,
        hint="Take a new key for each photo; the same key only for a repeat.",
    )


def _not_begun(pending: Pending, begun: Future[None]) -> None:
    """Nothing of it reached an engine; one that was rejected meanwhile is on record already."""
    if (begun.cancelled() or begun.exception() is not None) and pending.claim():
        _failed(pending, begun)


def _failed(pending: Pending, work: Future[Any]) -> bool:
    """Whether a step failed; its error goes to those who wait, who wait on without one."""
    fault = stopping() if work.cancelled() else work.exception()
    if fault is not None:
        pending.fail(fault)
    return fault is not None


def _too_large(pixels: int, most: float) -> PhotoError:
    return PhotoError(
        f"The photo has {pixels / 1e6:.1f} megapixels",
        allowed=f"{most / 1e6:g} megapixels",
        hint="Crop or shrink it, or raise `server.pixels_mp`.",
        fault=PhotoFault.SIZE,
    )
