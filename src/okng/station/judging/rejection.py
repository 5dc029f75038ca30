"""Parts that are not judged: each is on record as an error, with why."""

import time
from concurrent.futures import Future

from okng.errors import OkngError, RecordsConflictError
from okng.inference.frames import ReadError
from okng.records import InspectionRow, Records
from okng.station.judging.intake import digest_of
from okng.station.judging.recorder import Recorded, Recorder
from okng.station.judging.requests import Answer, Array, PartRequest
from okng.station.judging.rows import row_of
from okng.station.models import Pinned


class Rejections:
    """Puts parts on record that are not judged. To be used from any thread.

    Args:
        name: of the station.
        records: where an idempotency key is searched for.
        recorder: puts rows on record.
    """

    def __init__(self, name: str, records: Records | None, recorder: Recorder) -> None:
        self._name, self._records, self._recorder = name, records, recorder

    def stored(self, request: PartRequest) -> InspectionRow | None:
        """What is on record for the key of a part; None without one.

        Raises:
            RecordsError: the database cannot be read.
        """
        if request.key is None or self._records is None:
            return None
        return self._records.inspection_of_key(request.station or self._name, request.key)

    def record(
        self,
        request: PartRequest,
        fault: OkngError,
        photo: bytes | Array | None,
        served: Pinned,
        done: Recorded,
    ) -> None:
        """Put a part on record with the verdict ERROR.

        Args:
            request: about the part.
            fault: why it is not judged.
            photo: that it has; None without one.
            served: the model that would have judged it.
            done: called once, in any thread.
        """
        unread = ReadError(fault.what, fault.code, "", digest_of(photo), request.arrival)
        (inspection,) = served.loaded.inspect([unread], heatmap=False)
        row = row_of(
            inspection,
            request,
            station=request.station or self._name,
            model_name=served.name,
            latency_us=(time.perf_counter_ns() - request.arrival.clock_ns) // 1000,
        )
        self._recorder.record(row, self._recorder.store(photo, row.verdict), done)

    def settle(
        self,
        request: PartRequest,
        answered: Future[Answer],
        row: InspectionRow,
        fault: BaseException | None,
    ) -> None:
        """Answer a part with what is on record; a conflict means that it was there before."""
        try:
            known = self.stored(request) if isinstance(fault, RecordsConflictError) else None
        except OkngError as exc:
            known, fault = None, exc
        if known is not None:
            answered.set_result(Answer(known, repeated=True))
        elif fault is not None:
            answered.set_exception(fault)
        else:
            answered.set_result(Answer(row))
