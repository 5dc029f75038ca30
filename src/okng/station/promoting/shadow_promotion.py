"""Promotion of the shadow at a station that runs, from the page of models or by the API."""

from pathlib import Path

from okng.error_codes import Code
from okng.errors import MissingError, RecordsError, StationError
from okng.records import Records
from okng.records.payloads import Promotion
from okng.runs.layout import RunFolder
from okng.station.changes import Changes
from okng.station.judging.shadow import ShadowSlot
from okng.station.models import Models
from okng.station.promoting.promotions import Candidate, GateReport, Promotions


class ShadowPromotion:
    """Lets the shadow decide, and takes that back.

    Args:
        models: of the station.
        shadow: its slot.
        changes: exchanges models while photos are judged.
        records: of the station; None for one without, where nothing can be promoted.
        station: its name.
    """

    def __init__(
        self,
        models: Models,
        shadow: ShadowSlot,
        changes: Changes,
        records: Records | None,
        station: str,
    ) -> None:
        self._models, self._shadow, self._changes = models, shadow, changes
        self._records, self._station = records, station

    def gated(self) -> GateReport | None:
        """What the gate found of the shadow; None without one, or where its run has no verdict."""
        shadow = self._shadow.engine
        path = None if shadow is None else self._models.documents.place(shadow.metadata)
        gated = None if path is None else _read(RunFolder(path.parent).gate)
        is_of_it = shadow and gated and gated.gate.challenger == shadow.digest
        return gated if is_of_it else None

    def can_roll_back(self, name: str) -> bool:
        """Whether a model took its place by the last promotion, and has not changed since."""
        return self._records is not None and self._promotions().can_roll_back(name)

    def promote(self, name: str, *, by: str, reason: str) -> Promotion:
        """Let the shadow decide in place of a model; it is the shadow no longer.

        Args:
            name: of the model at this station.
            by: who does it, as `user:NAME`.
            reason: why; not empty.

        Raises:
            MissingError: there is no such model, or no shadow.
            StationError: the gate has not judged it, or has refused it, see `Promotions.promote`.
            ConfigError: there is no reason.
            RecordsError: the station has no records, or it cannot be put on record.
        """
        live, shadow, gated = self._models.live(name).engine, self._shadow.engine, self.gated()
        if shadow is None:
            raise MissingError(
                "There is no shadow to promote",
                where=name,
                hint="Let the challenger judge beside the live model first: `models.shadow`.",
            )
        if gated is None:
            raise StationError(
                "The gate has not judged the shadow",
                where=name,
                allowed="a model file in the run folder that `okng retrain` made, with gate.json",
                hint="Start the station with `models.shadow` = that run folder.",
                code=Code.GATE_MISSING,
            )
        candidate = Candidate(live.file, shadow.file, *gated)
        done = self._promotions().promote(name, candidate, by=by, reason=reason)
        self._changes.follow()
        self._changes.set_shadow(None, by=by, reason=reason)
        return done

    def roll_back(self, name: str, *, by: str, reason: str) -> Promotion:
        """Let the model decide again that the last promotion replaced; see `Promotions`.

        Raises:
            MissingError: there is no such model, or no promotion to take back.
            ConfigError: there is no reason.
            RecordsError: the station has no records, or it cannot be put on record.
        """
        self._models.live(name)
        done = self._promotions().roll_back(name, by=by, reason=reason)
        self._changes.follow()
        return done

    def _promotions(self) -> Promotions:
        if self._records is None:
            raise RecordsError(
                "This station keeps no records, so no promotion can be put on record",
                where=self._station,
                hint="Start it without `no_records`.",
            )
        return Promotions(self._records, self._models.library, self._station)


def _read(path: Path) -> GateReport | None:
    """The verdict of the gate; None where there is none that can be read."""
    try:
        return GateReport.read(path)
    except (OSError, ValueError, RecursionError):
        return None
