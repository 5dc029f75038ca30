"""What tests of followed models share: a station with its follower, and models of one product."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from okng import modelfile
from okng.connect.alarms import Alarms
from okng.connect.following import Follower
from okng.modelfile import OperatingPointChange, change_operating_point
from okng.records import Kind
from okng.records.payloads import ModelChange
from okng.station import Station


class Following(NamedTuple):
    """A station with its follower, whose thread does not run.

    Attributes:
        station: that judges.
        follower: of its model.
        alarms: of the station.
    """

    station: Station
    follower: Follower
    alarms: Alarms

    @property
    def live(self) -> str:
        """Digest of the model that decides."""
        return self.station.models.live().engine.digest

    @property
    def shadow(self) -> str | None:
        """Digest of the shadow; None without one."""
        engine = self.station.shadow.engine
        return None if engine is None else engine.digest

    @property
    def changes(self) -> list[ModelChange]:
        """Changes of models on record, oldest first."""
        assert self.station.records is not None
        page = self.station.records.entries_page(
            kinds=(Kind.MODEL_CHANGE,), station=self.station.name
        )
        return [ModelChange.of(entry.payload) for entry in reversed(page.rows)]


Follow = Callable[..., Following]


def changed(model: Path, target: Path, threshold: float) -> Path:
    """A copy of a model file with another threshold: another file with another digest."""
    shutil.copy(model, target)
    change_operating_point(target, OperatingPointChange(reason="of a test", threshold=threshold))
    return target


def digest_of(model: Path) -> str:
    """SHA-256 of a model file."""
    return modelfile.read(model).digest
