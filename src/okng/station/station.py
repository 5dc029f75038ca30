"""A station: accepts photos within bounds, judges them, and answers what is on record."""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from okng import preprocess
from okng.config import StationSettings
from okng.error_codes import Code
from okng.errors import (
    BusyError,
    OkngError,
    PhotoError,
    PhotoFault,
    RecordsConflictError,
)
from okng.inference import Inspection
from okng.records import InspectionRow, Link, Records
from okng.station.admission import Admission
from okng.station.models import Models
from okng.station.pending import Pending
from okng.station.requests import Answer, PhotoRequest
from okng.station.rows import row_of

_Key = tuple[str, str]


class Station:
    """Judges photos with its models and puts every verdict on record before it is answered.

    To be used from any thread.

    Args:
        settings: of the station.
        models: that are loaded.
        records: where verdicts go; None stores nothing.
    """

    def __init__(self, settings: StationSettings, models: Models, records: Records | None) -> None:
        self.settings, self.models, self.records = settings, models, records
        server = settings.server
        self.admission = Admission(server.queue, server.client_queue)
        # One thread hands photos to the engines in the order of their arrival. It waits where an
        # engine has too many pixels in flight; what is behind it waits as bytes, not as pixels.
        self._intake = ThreadPoolExecutor(1, "okng-intake")
        self._lock = threading.Lock()
        self._by_key: dict[_Key, Pending] = {}
        self._stopping = False

    @property
    def name(self) -> str:
        """Name of the station, and of its chain."""
        return self.settings.station.name

    @property
    def stopping(self) -> bool:
        """Whether it accepts no more photos."""
        return self._stopping

    def judge(self, request: PhotoRequest) -> Future[Answer]:
        """Judge a photo.

        Returns:
            The future of the answer, set once the verdict is on the disk. Cancelled before the
            network has the photo, it is never judged. It raises OkngError where there is no
            verdict.

        Raises:
            BusyError: the station is full, is stopping, or the client is over its limit.
            RecordsConflictError: the key is in use for another photo.
            MissingError: there is no such model.
        """
        return self.judge_all([request])[0]

    def judge_all(self, requests: Sequence[PhotoRequest]) -> list[Future[Answer]]:
        """Judge photos of one client, accepting all or none of them: see `judge`."""
        if self._stopping:
            raise _stopping()
        for request in requests:
            self.models.live(request.model)
        shared = [self._shared(request) for request in requests]
        fresh = sum(future is None for future in shared)
        if fresh:
            self.admission.enter(requests[0].client, fresh)
        return [
            self._accept(request) if future is None else future
            for request, future in zip(requests, shared, strict=True)
        ]

    def faults(self) -> list[Code]:
        """What keeps it from taking photos; empty if nothing does."""
        return [Code.STATION_STOPPING] if self._stopping else []

    def stop(self) -> None:
        """Accept no more photos; those that were accepted are answered."""
        self._stopping = True

    def close(self, timeout: float | None = None) -> None:
        """Stop, and wait until what was accepted is answered, at most so many seconds."""
        self.stop()
        self.admission.wait_until_empty(timeout)
        self._intake.shutdown(cancel_futures=True)

    def _key(self, request: PhotoRequest) -> _Key | None:
        return None if request.key is None else (request.station or self.name, request.key)

    def _shared(self, request: PhotoRequest) -> Future[Answer] | None:
        """The future of the same request, where it is in flight already."""
        key = self._key(request)
        if key is None:
            return None
        with self._lock:
            pending = self._by_key.get(key)
        if pending is None:
            return None
        if not _same(pending.request.photo, request.photo):
            raise _other_photo(key[1])
        return pending.join()

    def _accept(self, request: PhotoRequest) -> Future[Answer]:
        pending = Pending(request, self._settle)
        future = pending.join()
        key = self._key(request)
        if key is not None:
            with self._lock:
                self._by_key.setdefault(key, pending)
        begun = self._intake.submit(self._begin, pending)
        begun.add_done_callback(partial(_forward, pending))
        if future is None:  # cannot be: nothing has ended it yet
            raise _stopping()
        return future

    def _settle(self, pending: Pending) -> None:
        key = self._key(pending.request)
        with self._lock:
            if key is not None and self._by_key.get(key) is pending:
                del self._by_key[key]
        self.admission.leave(pending.request.client)

    def _begin(self, pending: Pending) -> None:
        """In the intake thread: answer what is on record, hand the rest to its engine."""
        if pending.over:
            return
        request = pending.request
        stored = self._stored(request)
        if stored is not None:
            pending.answer(Answer(stored, repeated=True))
            return
        self._check(request)
        name, engine = self.models.live(request.model)
        work = engine.submit(request.photo)
        pending.works_on(work)
        work.add_done_callback(partial(self._inspected, pending, name))

    def _stored(self, request: PhotoRequest) -> InspectionRow | None:
        """What is on record for the key.

        Raises:
            RecordsConflictError: another photo.
        """
        key = self._key(request)
        if key is None or self.records is None:
            return None
        row = self.records.inspection_of_key(*key)
        if row is not None and row.photo_digest != _digest(request.photo):
            raise _other_photo(key[1])
        return row

    def _check(self, request: PhotoRequest) -> None:
        """Refuse what is no photo, or too large a one, before it is decoded."""
        if not isinstance(request.photo, bytes):
            pixels: int | None = request.photo.shape[0] * request.photo.shape[1]
        else:
            pixels = preprocess.pixel_count(request.photo)
        most = self.settings.server.pixels_mp * 1e6
        if pixels == 0 and isinstance(request.photo, bytes):
            preprocess.decode(request.photo)  # refuses it by its first bytes
        if pixels is not None and pixels > most:
            raise _too_large(pixels, most)

    def _inspected(self, pending: Pending, name: str, work: Future[Inspection]) -> None:
        """In a thread of the engine: put the verdict on record."""
        if work.cancelled():
            pending.fail(_stopping())
            return
        fault = work.exception()
        if fault is not None:
            pending.fail(fault)
            return
        request, now = pending.request, time.perf_counter_ns()
        row = row_of(
            work.result(),
            request,
            station=request.station or self.name,
            model_name=name,
            latency_us=(now - request.arrival.clock_ns) // 1000,
        )
        self._record(pending, row)

    def _record(self, pending: Pending, row: InspectionRow) -> None:
        if self.records is None:
            pending.answer(Answer(row))
            return
        try:
            written = self.records.append(row)
        except OkngError as exc:
            pending.fail(exc)
            return
        written.add_done_callback(partial(self._recorded, pending, row))

    def _recorded(self, pending: Pending, row: InspectionRow, written: Future[list[Link]]) -> None:
        """In the thread of the writer: answer."""
        fault = written.exception()
        if fault is None:
            pending.answer(Answer(row))
        elif isinstance(fault, RecordsConflictError) and row.idempotency_key is not None:
            # Another process of the same station was first.
            again = self._intake.submit(self._repeat, pending, fault)
            again.add_done_callback(partial(_forward, pending))
        else:
            pending.fail(fault)

    def _repeat(self, pending: Pending, fault: RecordsConflictError) -> None:
        stored = self._stored(pending.request)
        if stored is None:
            raise fault
        pending.answer(Answer(stored, repeated=True))


@contextmanager
def opened(settings: StationSettings, models: Sequence[Path]) -> Iterator[Station]:
    """A station with its models and records, until the block ends.

    Raises:
        ModelFileError: a model file cannot be used.
        RecordsError: the database cannot be opened.
    """
    with ExitStack() as stack:
        loaded = stack.enter_context(Models(models, settings.models))
        records = None
        if not settings.records.no_records:
            records = stack.enter_context(Records(database_of(settings)))
        station = Station(settings, loaded, records)
        stack.callback(station.close, settings.server.stop_timeout)
        yield station


def database_of(settings: StationSettings) -> str | Path:
    """Where the records and the accounts of a station are; the folder for a file is made."""
    folder = settings.station.folder
    folder.mkdir(parents=True, exist_ok=True)
    return settings.records.database or folder / "records.sqlite"


def _forward(pending: Pending, work: Future[None]) -> None:
    """Give the error of a step to those who wait; without one they wait on."""
    if work.cancelled():
        pending.fail(_stopping())
        return
    fault = work.exception()
    if fault is not None:
        pending.fail(fault)


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, bytes) and isinstance(other, bytes) and one == other)


def _digest(photo: object) -> str | None:
    return hashlib.sha256(photo).hexdigest() if isinstance(photo, bytes) else None


def _stopping() -> BusyError:
    return BusyError("The station is stopping", retry_after=10, code=Code.STATION_STOPPING)


def _other_photo(key: str) -> RecordsConflictError:
    return RecordsConflictError(
        "The idempotency key is in use for another photo",
        where=key,
        hint="Take a new key for each photo; the same key only for a repeat.",
    )


def _too_large(pixels: int, most: float) -> PhotoError:
    return PhotoError(
        f"The photo has {pixels / 1e6:.1f} megapixels",
        allowed=f"{most / 1e6:g} megapixels",
        hint="Crop or shrink it, or raise `server.pixels_mp`.",
        fault=PhotoFault.SIZE,
    )
