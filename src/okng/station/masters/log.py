"""Master parts and checks of one station, on its records."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from okng.config.station import MastersSection
from okng.errors import MissingError, StationError
from okng.inference.inspection import new_id
from okng.records import Entry, InspectionRow, Kind, Records
from okng.records.canonical import from_e9
from okng.records.payloads import MasterCheckResult, MasterPartChange
from okng.station.camera.conditions import PhotoConditions, conditions_of
from okng.station.camera.findings import TOLERANCES, CameraFinding
from okng.station.clock import entry_now, utc_of
from okng.station.logbook import entries_of_kind
from okng.station.masters.check import CheckResult, MasterCheck, ShownPart
from okng.station.masters.parts import MasterParts, master_parts
from okng.station.masters.references import References
from okng.station.masters.status import LastCheck, MasterStatus, Schedule, status_of

Array = npt.NDArray[np.uint8]
SUBJECT = "check"
"""Subject of the entries of checks."""


class MasterLog:
    """The list of master parts and the checks with them; to be used from any thread.

    Args:
        records: where they are stored.
        station: name of the station.
        schedule: when a check is due.
        photo: reads the stored photo, uint8 (H, W, 3), of an inspection by its identifier; None if
            it is not stored. Without it no position is compared.
        most: its tolerances are what light, focus and position may change by without a finding.
        now: the clock, in UTC.
    """

    def __init__(
        self,
        records: Records,
        station: str,
        schedule: Schedule,
        *,
        photo: Callable[[str], Array | None] = lambda _id: None,
        most: MastersSection = TOLERANCES,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._records, self._station, self._schedule = records, station, schedule
        self._photo, self._most, self._now = photo, most, now
        self._lock = threading.RLock()
        self._check: MasterCheck | None = None
        changes = entries_of_kind(records, station, Kind.MASTER_PART)
        self._parts = master_parts(changes)
        self._changed = utc_of(changes[-1].time_us) if changes else None
        checks = self.history()
        self._last = _last(checks[-1]) if checks else None
        self._passed = next((each for each in reversed(checks) if each.passed), None)

    @property
    def parts(self) -> MasterParts:
        """The list as it is."""
        return self._parts

    @property
    def check(self) -> MasterCheck | None:
        """The check that has begun and has not ended; None if there is none."""
        return self._check

    def status(self, model_digest: str) -> MasterStatus:
        """The state of the check now.

        Args:
            model_digest: of the model file that judges.
        """
        with self._lock:
            last, changed = self._last, self._changed
            if last is None or changed is None or changed <= last.time:
                changed = None
            return status_of(
                last,
                self._schedule,
                self._now(),
                model_digest=model_digest,
                serials=tuple(self._parts.active),
                changed=changed,
            )

    def change(self, serial: str, change: MasterPartChange, by: str) -> MasterParts:
        """Add, replace or retire a master part; it is on record when this returns.

        A check that has begun is dropped: it was about another list.

        Args:
            serial: of the part that joins, or that is retired.
            change: what happens.
            by: who does it, as `user:NAME`.

        Raises:
            StationError: the serial is empty, or on the list already.
            MissingError: the part that leaves is not on the list.
            RecordsError: it cannot be put on record; the list stays.
        """
        with self._lock:
            self._parts.check_change(serial, change)
            entry = entry_now(
                self._now(), station=self._station, kind=Kind.MASTER_PART, subject=serial, by=by,
                payload=change,
            )  # fmt: skip
            self._records.append(entry).result()
            self._parts = master_parts(entries_of_kind(self._records, self._station, entry.kind))
            self._changed, self._check = utc_of(entry.time_us), None
            return self._parts

    def begin(self, by: str, *, model_digest: str, model_name: str = "") -> MasterCheck:
        """Begin a check; one that has begun before is dropped.

        Raises:
            StationError: the list holds no good part, or no defective one.
        """
        with self._lock:
            kinds = {part.truth for part in self._parts}
            if kinds != {"OK", "NG"}:
                raise StationError(
                    "A check needs a known good part and a known defective one",
                    hint="Add what is missing to the list of master parts.",
                )
            self._check = MasterCheck(
                new_id(), by, self._now(), self._parts, model_digest, model_name
            )
            return self._check

    def show(self, serial: str, row: InspectionRow, photo: Array | None) -> MasterCheck:
        """Take the inspection of a master part into the check that has begun.

        Args:
            serial: of the part that was shown.
            row: its inspection, on record with the role `master`.
            photo: uint8 (H, W, 3); None where it cannot be read.

        Raises:
            MissingError: no check has begun, or the part is not on the list.
            StationError: another model judged than that of the check.
        """
        conditions = None if photo is None else conditions_of(photo)
        with self._lock:
            check = self._begun()
            part = check.parts.part(serial)
            if row.model_digest != check.model_digest:
                raise StationError(
                    "The model has changed since the check began", hint="Begin the check again."
                )
            check.shown[serial] = ShownPart(
                part, row.verdict, row.id, row.photo_digest,
                _number(row.score_e9), _number(row.unfamiliarity_e9), conditions,
            )  # fmt: skip
            check.operating_point = row.operating_point
            return check

    def finish(self, by: str) -> CheckResult:
        """End the check; it is on record when this returns.

        Parts that were not shown fail it.

        Raises:
            MissingError: no check has begun.
            RecordsError: it cannot be put on record; the check goes on.
        """
        with self._lock:
            check = self._begun()
            payload = check.payload(self.findings())
            entry = entry_now(
                self._now(), station=self._station, kind=Kind.MASTER_CHECK, subject=SUBJECT, by=by,
                payload=payload,
            )  # fmt: skip
            self._records.append(entry).result()
            result = _result(entry)
            self._last, self._check = _last(result), None
            if result.passed:
                self._passed = result
            return result

    def findings(self) -> tuple[CameraFinding, ...]:
        """About light, focus and position, by the good parts that were shown so far."""
        with self._lock:
            shown = [] if self._check is None else list(self._check.shown.values())
            passed = self._passed.shown if self._passed else ()
            references = References(passed, self._conditions, self._most)
        return references.findings([each for each in shown if each.part.truth == "OK"])

    def history(self, limit: int | None = None) -> list[CheckResult]:
        """Checks on record, oldest first; the last ones, if there are more than the limit."""
        return [
            _result(entry)
            for entry in entries_of_kind(self._records, self._station, Kind.MASTER_CHECK, limit)
        ]

    def _begun(self) -> MasterCheck:
        if self._check is None:
            raise MissingError("No check has begun", hint="Begin a check of the station.")
        return self._check

    def _conditions(self, inspection: str) -> PhotoConditions | None:
        photo = self._photo(inspection)
        return None if photo is None else conditions_of(photo)


def _result(entry: Entry) -> CheckResult:
    payload = MasterCheckResult.of(entry.payload)
    findings = tuple(map(CameraFinding.of_payload, payload.findings))
    return CheckResult(
        entry.id, utc_of(entry.time_us), entry.by, payload.passed, payload.model, payload.parts,
        payload.missing, findings,
    )  # fmt: skip


def _last(result: CheckResult) -> LastCheck:
    shown = frozenset(part.serial for part in result.shown) | frozenset(result.missing)
    return LastCheck(result.time, result.passed, result.model_digest, shown)


def _number(steps: int | None) -> float:
    number = from_e9(steps)
    return float("nan") if number is None else number
