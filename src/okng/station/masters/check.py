"""One check of the station: the master parts are shown, their verdicts must match."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from okng.records.canonical import decimal
from okng.records.payloads import MasterCheckResult, MasterShown
from okng.station.camera.conditions import PhotoConditions
from okng.station.camera.findings import CameraFinding
from okng.station.clock import microseconds
from okng.station.masters.parts import MasterPart, MasterParts
from okng.verdict import number_or_none


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A master part in front of the camera, and what the station made of it.

    Attributes:
        part: the master part.
        verdict: OK, NG, REVIEW or ERROR.
        inspection_id: of its inspection, whose role is `master`.
        photo_digest: SHA-256 of the photo; None if it has none.
        defect_score: in [0, 1]; NaN for ERROR.
        unfamiliarity: in [0, 1]; NaN where the model file gives none.
        conditions: light, focus and outline of the photo; None if it cannot be read.
    """

    part: MasterPart
    verdict: str
    inspection_id: str
    photo_digest: str | None
    defect_score: float
    unfamiliarity: float
    conditions: PhotoConditions | None

    @property
    def matches(self) -> bool:
        """Whether the verdict is what the part is known to be. REVIEW matches neither."""
        return self.verdict == self.part.truth

    def payload(self) -> MasterShown:
        """As it stands on record."""
        seen = self.conditions
        return MasterShown(
            serial=self.part.serial,
            truth=self.part.truth,
            verdict=self.verdict,
            inspection=self.inspection_id,
            photo=self.photo_digest,
            score=decimal(number_or_none(self.defect_score)),
            unfamiliarity=decimal(number_or_none(self.unfamiliarity)),
            brightness=decimal(seen.brightness if seen else None),
            contrast=decimal(seen.contrast if seen else None),
            sharpness=decimal(seen.sharpness if seen else None),
        )


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check.

    Attributes:
        id: of its entry.
        time: when it ended, in UTC.
        by: who made it.
        passed: every part was shown, and every verdict matched.
        model_digest: of the model file that was checked.
        shown: the parts that were shown.
        missing: serials of those that were not.
        findings: about light, focus and position. They do not fail the check.
    """

    id: str
    time: datetime
    by: str
    passed: bool
    model_digest: str
    shown: tuple[MasterShown, ...]
    missing: tuple[str, ...]
    findings: tuple[CameraFinding, ...]

    @property
    def mismatches(self) -> tuple[MasterShown, ...]:
        """Parts whose verdict was wrong."""
        return tuple(part for part in self.shown if part.verdict != part.truth)


@dataclass(slots=True)
class MasterCheck:
    """A check that has begun. A part that is shown again replaces what was shown of it before.

    Attributes:
        id: of the check.
        by: who began it.
        begun: when, in UTC.
        parts: the list as it was then.
        model_digest: of the model file that is checked.
        model_name: of that model at this station.
        operating_point: of that model, as canonical JSON.
        shown: parts that were shown, by serial.
    """

    id: str
    by: str
    begun: datetime
    parts: MasterParts
    model_digest: str
    model_name: str
    operating_point: str = ""
    shown: dict[str, ShownPart] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """Serials of the parts that are yet to be shown."""
        return tuple(part.serial for part in self.parts if part.serial not in self.shown)

    @property
    def passed(self) -> bool:
        """Whether every part was shown and every verdict matches."""
        return not self.missing and all(part.matches for part in self.shown.values())

    def payload(self, findings: Sequence[CameraFinding]) -> MasterCheckResult:
        """The result as it goes on record."""
        return MasterCheckResult(
            passed=self.passed,
            begun_us=microseconds(self.begun),
            model=self.model_digest,
            model_name=self.model_name,
            operating_point=self.operating_point,
            parts=tuple(part.payload() for part in self.shown.values()),
            missing=self.missing,
            findings=tuple(each.payload() for each in findings),
        )
