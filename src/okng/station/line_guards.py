"""What stands between verdicts and the line: checks with master parts, and the bypass."""

from datetime import timedelta
from functools import partial
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from okng import preprocess
from okng.config.station import MastersSection
from okng.error_codes import Code
from okng.errors import OkngError, StationError
from okng.records import Records, Role
from okng.records.photos import PhotoStore
from okng.station.bypass import BypassLog
from okng.station.masters import Consequence, MasterLog, Schedule
from okng.station.models import Models
from okng.station.requests import PhotoRequest

_SUFFIXES = ("jpg", "png", "bmp", "tif", "webp")  # of stored photos, the usual first


class LineGuards(NamedTuple):
    """Master parts and bypass of a station that stores records.

    Attributes:
        masters: the list of master parts and the checks with them.
        bypass: who took the inspection out of use.
        models: of the station; its first model is the one that is checked.
    """

    masters: MasterLog
    bypass: BypassLog
    models: Models

    @classmethod
    def of(
        cls,
        records: Records,
        photos: PhotoStore | None,
        models: Models,
        station: str,
        settings: MastersSection,
    ) -> Self:
        """The guards of a station.

        Raises:
            RecordsError: its records cannot be read.
        """
        every = None if settings.every is None else timedelta(seconds=settings.every)
        schedule = Schedule(every=every, on_failure=settings.on_failure)
        stored = partial(_stored, photos)
        masters = MasterLog(records, station, schedule, photo=stored)
        return cls(masters, BypassLog(records, station), models)

    def gate(self, request: PhotoRequest) -> None:
        """Refuse photos of the line while the station is blocked; master parts always pass.

        Raises:
            StationError: the check failed or is overdue, and the settings block the station then.
        """
        if request.role is not Role.LIVE or self.bypass.current() is not None:
            return
        status = self.masters.status(self.models.live().engine.digest)
        if status.consequence is Consequence.BLOCK:
            raise StationError(
                f"The station is blocked: its check with master parts is {status.state}",
                hint="Check the station on its page Master parts; the check must pass.",
                code=Code.STATION_BLOCKED,
            )


def _stored(photos: PhotoStore | None, digest: str) -> npt.NDArray[np.uint8] | None:
    """A stored photo by its digest; None where it is not stored, or cannot be read any more."""
    if photos is None:
        return None
    for suffix in _SUFFIXES:
        path = f"{digest[:2]}/{digest[2:4]}/{digest}.{suffix}"
        try:
            if photos.size(path) is not None:
                return preprocess.decode(photos.get(path))
        except OkngError:
            return None
    return None
