"""A station: accepts photos within bounds, judges them, and answers what is on record."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from okng.config import StationSettings
from okng.error_codes import Code
from okng.errors import OkngError, RecordsConflictError
from okng.inference import Inspection
from okng.records import InspectionRow, Records, Role
from okng.records.photos import PhotoStore
from okng.station.changes import Changes
from okng.station.drift_alarm import DriftWatcher
from okng.station.judging.admission import Admission
from okng.station.judging.intake import Intake, other_photo, stopping
from okng.station.judging.pending import Pending
from okng.station.judging.recorder import Recorder
from okng.station.judging.rejection import Rejections
from okng.station.judging.requests import Answer, Array, PartRequest, PhotoRequest
from okng.station.judging.rows import row_of
from okng.station.judging.shadow import ShadowSlot
from okng.station.listeners import Listeners
from okng.station.models import Models, Pinned
from okng.station.oversight import LineGuards
from okng.station.promoting.shadow_promotion import ShadowPromotion

Gate = Callable[[PhotoRequest], None]
"""Called before a photo is accepted; raises StationError where the station may not judge it."""
_Key = tuple[str, str]
Watched = Callable[[], OkngError | None]
"""Gives the fault of something that runs beside the station; None while it is well."""


class Station:
    """Judges photos with its models and puts every verdict on record before it is answered.

    To be used from any thread.

    Args:
        settings: of the station.
        models: that are loaded.
        records: where verdicts go; None stores nothing.
        photos: where photos go; None stores none.
        drift: the drift alarm; None for none.

    Attributes:
        shadow: the model that judges and does not decide, if there is one.
        changes: exchanges models and thresholds.
        promotion: lets the shadow decide, through the gate.
        gates: of master parts, and of whoever else may block the station.
        guards: master parts and bypass; None where nothing is stored.
        watched: give faults that do not stop it, such as a head that is not signed.
        heard: calls listeners with each row that is on record.
    """

    def __init__(
        self,
        settings: StationSettings,
        models: Models,
        records: Records | None,
        photos: PhotoStore | None = None,
        drift: DriftWatcher | None = None,
    ) -> None:
        self.settings, self.models, self.records, self.photos = settings, models, records, photos
        self.drift = drift
        self.admission = Admission(settings.server.queue, settings.server.client_queue)
        self.recorder = Recorder(records, photos, settings.records.photos)
        self.heard = Listeners()
        self.guards = None if records is None else LineGuards(settings, models, records, photos)
        self.gates: list[Gate] = [] if self.guards is None else [self.guards.gate]
        self.watched: list[Watched] = []
        self.shadow = ShadowSlot(self._by_shadow)
        self.changes = Changes(models, self.shadow, records, settings.station.name)
        self.promotion = ShadowPromotion(models, self.shadow, self.changes, records, self.name)
        self._intake = Intake(settings, records, self.recorder, self._on_record, drift)
        self._rejections = Rejections(self.name, records, self.recorder)
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
            StationError: a gate is closed.
        """
        return self.judge_all([request])[0]

    def judge_all(self, requests: Sequence[PhotoRequest]) -> list[Future[Answer]]:
        """Judge photos of one client, accepting all or none of them: see `judge`."""
        if self._stopping:
            raise stopping()
        for request in requests:
            for gate in self.gates:
                gate(request)
        # Once for each name: a swap meanwhile does not mix the photos of one request.
        names = {request.model for request in requests}
        served = {name: self.models.pinned(name) for name in names}
        shared = [self._shared(request) for request in requests]
        fresh = sum(future is None for future in shared)
        if fresh:
            self.admission.enter(requests[0].client, fresh)
        return [
            self._accept(request, served[request.model]) if future is None else future
            for request, future in zip(requests, shared, strict=True)
        ]

    def reject(
        self, request: PartRequest, fault: OkngError, photo: bytes | Array | None = None
    ) -> Future[Answer]:
        """Put a part on record that is not judged, or not in time: the verdict is ERROR.

        Where its photo is in flight, the verdict of the network no longer counts, unless it goes
        on record in this moment.

        Args:
            request: about the part.
            fault: why it is not judged; its code is on record.
            photo: that it has; None without one.

        Returns:
            The future of the answer, set once it is on the disk: what is on record under the key,
            if that was there before. It raises OkngError where it cannot be put on record.

        Raises:
            MissingError: there is no such model.
            RecordsError: the database cannot be read or written.
        """
        pending = self._in_flight(request)
        joined = None if pending is None else pending.join()
        if pending is not None and joined is not None:
            if pending.reject():
                on_record = partial(self._on_record, pending)
                photo = pending.request.photo
                self._rejections.record(request, fault, photo, pending.served, on_record)
            return joined
        answered: Future[Answer] = Future()
        answered.set_running_or_notify_cancel()
        known = self._rejections.stored(request)
        if known is not None:
            answered.set_result(Answer(known, repeated=True))
            return answered
        served = self.models.pinned(request.model)
        done = partial(self._rejected, request, answered)
        self._rejections.record(request, fault, photo, served, done)
        return answered

    def faults(self) -> list[Code]:
        """What is wrong with it; empty if nothing is."""
        faults = [Code.STATION_STOPPING] if self._stopping else []
        if self.records is not None and self.records.fault is not None:
            faults.append(self.records.fault.code)
        if self.recorder.fault is not None:
            faults.append(self.recorder.fault.code)
        return faults + [fault.code for each in self.watched if (fault := each()) is not None]

    @property
    def ready(self) -> bool:
        """Whether it takes photos: not while it stops, nor where verdicts cannot be put on record.

        A store of photos that fails costs photos and no verdicts. Neither does a database that is
        down, where a spool takes the rows.
        """
        lost = self.records is not None and self.records.refuses
        return not self._stopping and not lost

    def stop(self) -> None:
        """Accept no more photos; those that were accepted are answered."""
        self._stopping = True

    def close(self, timeout: float | None = None) -> None:
        """Stop, and wait until what was accepted is answered, at most so many seconds."""
        self.stop()
        self.admission.wait_until_empty(timeout)
        self._intake.close()
        self.shadow.close()
        self.recorder.close()

    def _key(self, request: PartRequest) -> _Key | None:
        return None if request.key is None else (request.station or self.name, request.key)

    def _shared(self, request: PhotoRequest) -> Future[Answer] | None:
        """The future of the same request, where it is in flight already."""
        pending = self._in_flight(request)
        if pending is None:
            return None
        if not _same(pending.request.photo, request.photo):
            raise other_photo(request.key or "")
        return pending.join()

    def _in_flight(self, request: PartRequest) -> Pending | None:
        key = self._key(request)
        if key is None:
            return None
        with self._lock:
            return self._by_key.get(key)

    def _accept(self, request: PhotoRequest, served: Pinned) -> Future[Answer]:
        pending = Pending(request, self._settle, served)
        key = self._key(request)
        if key is not None:
            with self._lock:
                self._by_key.setdefault(key, pending)
        self._intake.take(pending)
        return pending.first

    def _settle(self, pending: Pending) -> None:
        key = self._key(pending.request)
        with self._lock:
            if key is not None and self._by_key.get(key) is pending:
                del self._by_key[key]
        self.admission.leave(pending.request.client)

    def _on_record(self, pending: Pending, row: InspectionRow, fault: BaseException | None) -> None:
        """In the thread of the writer: answer."""
        if fault is None:
            pending.answer(Answer(row))
            self.heard(row)
            if row.role is Role.LIVE:
                self.shadow.take(pending.request, row)
        elif isinstance(fault, RecordsConflictError) and row.idempotency_key is not None:
            # Another process of the same station was first.
            self._intake.repeat(pending, fault)
        else:
            pending.fail(fault)

    def _rejected(
        self,
        request: PartRequest,
        answered: Future[Answer],
        row: InspectionRow,
        fault: BaseException | None,
    ) -> None:
        """In the thread of the writer: answer what is on record."""
        self._rejections.settle(request, answered, row, fault)
        if fault is None:
            self.heard(row)

    def _by_shadow(
        self, name: str, inspection: Inspection, request: PhotoRequest, live: InspectionRow
    ) -> None:
        """In the thread of the shadow: put its verdict on record, beside the live one."""
        row = row_of(
            inspection,
            request,
            station=live.station,
            model_name=name,
            latency_us=round(inspection.latency_ms * 1000),
            role=Role.SHADOW,
            live=live,
        )
        self.recorder.record(row, None, self._shadow_on_record)

    def _shadow_on_record(self, row: InspectionRow, fault: BaseException | None) -> None:
        if fault is None:
            self.heard(row)


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, bytes) and isinstance(other, bytes) and one == other)
