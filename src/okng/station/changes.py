"""Changes of models and thresholds while the station judges: on record, with who and why.

A change is on record before it is in force, and no photo is judged by half of one: each has the
model and the operating point that were loaded when the engine took it.
"""

import shutil
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

from okng import modelfile
from okng.errors import ConfigError, OkngError
from okng.inference.engine import InspectionEngine
from okng.modelfile import ModelFile, OperatingPointChange, change_operating_point
from okng.records import Kind, Records
from okng.records.payloads import ModelChange, Payload, ThresholdChange
from okng.runs import layout
from okng.station.clock import entry_now
from okng.station.judging.rows import point_text
from okng.station.judging.shadow import ShadowSlot
from okng.station.models import Models

SHADOW = "shadow"
"""Slot of the shadow in the library, and subject of its entries."""


class Changes:
    """Exchanges models and thresholds of a station; to be used from any thread.

    Args:
        models: of the station.
        shadow: its slot.
        records: where changes are put on record; None for a station without records.
        station: name of the chain.
    """

    def __init__(
        self, models: Models, shadow: ShadowSlot, records: Records | None, station: str
    ) -> None:
        self._models, self._shadow = models, shadow
        self._records, self._station = records, station
        self._lock = threading.Lock()

    def swap(self, name: str, model: Path | ModelFile, *, by: str, reason: str) -> ModelFile:
        """Let another model file judge in place of one.

        Args:
            name: of the model at this station.
            model: the other file.
            by: who does it, as `user:NAME`.
            reason: why; not empty.

        Raises:
            MissingError: there is no such model.
            ModelFileError: it is no sound model file; the one that was loaded stays.
            ConfigError: there is no reason.
            RecordsError: it cannot be put on record; the one that was loaded stays.
        """
        _check(reason)
        # One change at a time; photos are judged meanwhile, and each by one model.
        with self._lock:
            engine = self._models.live(name).engine
            file = modelfile.loaded(model)
            payload = ModelChange(
                role="live", before=engine.digest, after=file.digest, reason=reason.strip()
            )
            self._apply(name, file, payload, Kind.MODEL_CHANGE, by)
        return file

    def set_operating_point(self, name: str, change: OperatingPointChange, *, by: str) -> ModelFile:
        """Change threshold, band or limit of a model.

        The given file stays as it is: the station judges with a copy of its own.

        Raises:
            MissingError: there is no such model.
            ModelFileError: it has no threshold.
            ConfigError: nothing would change, there is no reason, or the values contradict.
            RecordsError: it cannot be put on record; the old values stay.
        """
        with self._lock:
            engine = self._models.live(name).engine
            before = engine.metadata.operating_point
            # the change is made in a copy in the library; the user's own file stays
            file = self._changed(self._models.library.store(engine.file), change)
            payload = ThresholdChange(
                before=point_text(before),
                after=point_text(file.metadata.operating_point),
                model_before=engine.digest,
                model_after=file.digest,
                reason=change.reason.strip(),
            )
            self._apply(name, file, payload, Kind.THRESHOLD_CHANGE, by)
        return file

    def set_shadow(self, model: Path | ModelFile | None, *, by: str, reason: str) -> None:
        """Let a model judge as the shadow; None ends the shadow.

        Raises:
            ModelFileError: it is no sound model file; the shadow stays as it was.
            RecordsError: it cannot be put on record; likewise.
        """
        with self._lock:
            engine = None if model is None else self._models.shadow(model)
            before = self._shadow.engine
            payload = ModelChange(
                role="shadow",
                before="" if before is None else before.digest,
                after="" if engine is None else engine.digest,
                reason=reason.strip(),
            )
            if payload.before != payload.after:
                # another threshold of the same file is another digest
                self._write(SHADOW, payload, Kind.MODEL_CHANGE, by)
            self._shadow.swap(engine)

    def at_start(self) -> None:
        """Put on record which models judge from now on, where they are not those of before."""
        for name, engine in self._models.all():
            library = self._models.library
            before = library.before(name)
            if before != engine.digest:
                payload = ModelChange(
                    role="live", before=before, after=engine.digest, reason="given at start"
                )
                self._write(name, payload, Kind.MODEL_CHANGE, "station")
            given = self._models.given[name]
            if (library.given(name), before) != (given, engine.digest):
                library.remember(name, given=given, live=engine.digest)

    def follow(self) -> list[str]:
        """Take the files that another process has put in place of those that judge.

        That process has put it on record, see `okng.station.promoting.promotions`.

        Returns:
            Names of the models that were exchanged.

        Raises:
            ModelFileError: a file is gone, damaged or cannot be loaded; the one that judges stays,
                and the other models were exchanged all the same.
        """
        changed: list[str] = []
        faults: list[OkngError] = []
        with self._lock:
            for name, engine in self._models.all():
                try:
                    changed += [name] * self._followed(name, engine)
                except OkngError as fault:
                    faults.append(fault)
        if faults:
            raise faults[0]
        return changed

    def _followed(self, name: str, engine: InspectionEngine) -> bool:
        """Whether another file judges now than before."""
        library = self._models.library
        live = library.before(name)
        same_start = library.given(name) == self._models.given[name]
        if not live or live == engine.digest or not same_start:
            return False
        engine.take(engine.prepare(library.held(live)))
        return True

    def _apply(self, name: str, file: ModelFile, payload: Payload, kind: Kind, by: str) -> None:
        engine, library = self._models.live(name).engine, self._models.library
        ready = engine.prepare(file)  # loaded and tried before anything is on record
        library.store(file)
        # On record first: a model that judges and is not on record would be worse than the reverse.
        self._write(name, payload, kind, by)
        engine.take(ready)
        library.remember(name, given=self._models.given[name], live=file.digest)

    def _write(self, subject: str, payload: Payload, kind: Kind, by: str) -> None:
        if self._records is None:
            return
        entry = entry_now(
            datetime.now(UTC),
            station=self._station,
            kind=kind,
            subject=subject,
            by=by,
            payload=payload,
        )
        self._records.append(entry).result()  # until it is committed

    def _changed(self, path: Path, change: OperatingPointChange) -> ModelFile:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            copy = Path(folder) / layout.MODEL
            shutil.copyfile(path, copy)
            return change_operating_point(copy, change).after


def _check(reason: str) -> None:
    if not reason.strip():
        raise ConfigError("There is no reason", where="reason", hint="Write down why.")
