"""What stands between verdicts and the line: checks with master parts, and the bypass."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from okng import preprocess
from okng.config import StationSettings
from okng.error_codes import Code
from okng.errors import OkngError, StationError
from okng.records import InspectionRow, Records, Role
from okng.records.photos import PhotoStore
from okng.station.judging.requests import PhotoRequest
from okng.station.masters import Consequence, MasterLog, MasterStatus, Schedule
from okng.station.models import Models
from okng.station.oversight.bypass import BypassLog, BypassNow

_HINT = "Check the station with its master parts, or begin a bypass."


@dataclass(frozen=True, slots=True)
class StationState:
    """What every page shows of the station's own check.

    Attributes:
        masters: state of the check with master parts.
        bypass: the bypass that is on; None if there is none.
    """

    masters: MasterStatus
    bypass: BypassNow | None

    @property
    def consequence(self) -> Consequence:
        """What it means for the line: a bypass lifts a block, and is a warning itself."""
        if self.bypass is not None:
            return Consequence.WARN
        return self.masters.consequence


class LineGuards:
    """Checks and bypasses of one station; to be used from any thread.

    Args:
        settings: of the station.
        models: of the station.
        records: where checks and bypasses are stored.
        photos: where photos are stored, to compare the position of a part; None for none.
        now: the clock, in UTC.

    Attributes:
        masters: the list of master parts, and the checks.
        bypass: the bypass log.
        models: of the station; the first one is checked.
    """

    def __init__(
        self,
        settings: StationSettings,
        models: Models,
        records: Records,
        photos: PhotoStore | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        name = settings.station.name
        self.models, self._records, self._photos = models, records, photos
        self.masters = MasterLog(
            records, name, schedule_of(settings), photo=self._photo_of, most=settings.masters,
            now=now,
        )  # fmt: skip
        self.bypass = BypassLog(records, name, now=now)

    def state(self) -> StationState:
        """State of check and bypass, for the model that decides where none is named."""
        return StationState(self._status(None), self.bypass.current())

    def gate(self, request: PhotoRequest) -> None:
        """Refuse a photo of the line where the station is blocked; master parts may pass.

        Raises:
            StationError: the check failed, is overdue or was never made, and no bypass is on.
        """
        # a check with master parts is how a blocked station gets free
        if request.role is not Role.LIVE or self.bypass.current() is not None:
            return
        status = self._status(request.model)
        if status.consequence is Consequence.BLOCK:
            raise StationError(
                f"The station is blocked: its check with master parts is {status.state}",
                where="masters",
                hint=_HINT,
                code=Code.STATION_BLOCKED,
            )

    def bypassed(self, row: InspectionRow) -> bool:
        """Whether the inspection was out of use when a part of the line was inspected."""
        return row.role is Role.LIVE and self.bypass.covers(row.time_us)

    def _status(self, model: str | None) -> MasterStatus:
        # by model file: another model has not passed the check
        return self.masters.status(self.models.live(model).engine.digest)

    def _photo_of(self, inspection: str) -> npt.NDArray[np.uint8] | None:
        """The stored photo of an inspection; None where it is gone: no check fails for that."""
        row = self._records.inspection(inspection)
        if self._photos is None or row is None or row.photo_place is None:
            return None
        try:
            return preprocess.decode(self._photos.get(row.photo_place))
        except OkngError:
            return None


def schedule_of(settings: StationSettings) -> Schedule:
    """When checks are due, by the settings."""
    masters = settings.masters
    return Schedule(
        every=None if masters.every is None else timedelta(seconds=masters.every),
        shifts=shift_starts(settings) if masters.at_shift_start else (),
        on_failure=masters.on_failure,
    )


def shift_starts(settings: StationSettings) -> tuple[time, ...]:
    """Local times at which shifts start.

    Raises:
        StationError: one of them is no time of day.
    """
    return tuple(_times(settings.station.shifts))


def _times(text: str) -> Iterator[time]:
    for part in filter(None, (each.strip() for each in text.split(","))):
        try:
            yield time.fromisoformat(part)
        except ValueError as exc:
            raise StationError(
                f"{part!r} is no time of day",
                where="station.shifts",
                allowed="06:00,14:00,22:00",
                hint="Correct it.",
            ) from exc
