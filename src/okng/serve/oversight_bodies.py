"""Bodies about the station's own check: master parts, bypasses, the threshold of a camera."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from okng.evaluation.results import Rate
from okng.records import Entry
from okng.records.payloads import Bypass, MasterShown, Truth
from okng.serve.schemas import SERIAL
from okng.station.camera.findings import CameraFinding
from okng.station.camera.proposal import SideEvidence, ThresholdProposal
from okng.station.clock import utc_of
from okng.station.masters import (
    CheckResult,
    CheckState,
    Consequence,
    MasterCheck,
    MasterPart,
    MasterStatus,
)
from okng.station.oversight.bypass import BypassNow
from okng.verdict import OperatingPoint


class Body(BaseModel):
    """A body that is not changed."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class MasterPartBody(Body):
    """A master part."""

    serial: str
    truth: Truth = Field(description="What it is known to be.")
    label: str = Field(description="Class of its defect; empty if not named.")
    note: str
    since: datetime
    by: str

    @classmethod
    def of(cls, part: MasterPart) -> Self:
        """The body of a part of the list."""
        return cls.model_validate(part)


class MasterPartGiven(BaseModel):
    """A part that joins the list, alone or in place of another one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    serial: str = Field(min_length=1, max_length=SERIAL, pattern=r"^[^\x00-\x1f]+$")
    truth: Truth
    label: str = Field("", max_length=SERIAL)
    note: str = Field("", max_length=4000, description="Where it is stored, why it was changed.")
    replaces: str = Field("", max_length=SERIAL, description="Serial of the part that leaves.")


class StatusBody(Body):
    """The state of the check with master parts."""

    state: CheckState
    consequence: Consequence = Field(description="What it means for the line.")
    due: datetime | None = Field(description="When the next check is due; null if none is.")
    changed: bool = Field(description="Model, threshold or list were changed after the last check.")
    checked: datetime | None = Field(description="When the last check ended.")

    @classmethod
    def of(cls, status: MasterStatus) -> Self:
        """The body of a state."""
        return cls(
            state=status.state,
            consequence=status.consequence,
            due=status.due,
            changed=status.changed,
            checked=None if status.last is None else status.last.time,
        )


class FindingBody(Body):
    """A difference of light, focus or position; `code` names the sentence."""

    code: str
    value: float = Field(description="A ratio, a share of the side, or a mean in [0, 1].")
    reference: float | None = Field(description="What it is compared with; 1 for a ratio.")

    @classmethod
    def of(cls, finding: CameraFinding) -> Self:
        """The body of a finding."""
        return cls.model_validate(finding)


class ShownBody(Body):
    """A master part that was shown."""

    serial: str
    truth: Truth
    verdict: str
    matches: bool
    inspection: str = Field(description="Identifier of its inspection.")
    score: float | None

    @classmethod
    def of(cls, shown: MasterShown) -> Self:
        """The body of a part on record."""
        return cls(
            serial=shown.serial,
            truth=shown.truth,
            verdict=shown.verdict,
            matches=shown.verdict == shown.truth,
            inspection=shown.inspection,
            score=None if shown.score is None else float(shown.score),
        )


class CheckBody(Body):
    """A check that has begun."""

    id: str
    by: str
    begun: datetime
    model: str = Field(description="Name of the model that is checked.")
    shown: list[ShownBody]
    missing: list[str] = Field(description="Serials of parts that are yet to be shown.")
    findings: list[FindingBody]

    @classmethod
    def of(cls, check: MasterCheck, findings: Sequence[CameraFinding]) -> Self:
        """The body of a check, with what its photos show so far."""
        return cls(
            id=check.id,
            by=check.by,
            begun=check.begun,
            model=check.model_name,
            shown=[ShownBody.of(part.payload()) for part in check.shown.values()],
            missing=list(check.missing),
            findings=[FindingBody.of(each) for each in findings],
        )


class CheckResultBody(Body):
    """A check on record."""

    id: str
    time: datetime
    by: str
    passed: bool
    model_digest: str
    shown: list[ShownBody]
    missing: list[str]
    findings: list[FindingBody]

    @classmethod
    def of(cls, result: CheckResult) -> Self:
        """The body of a result."""
        return cls(
            id=result.id,
            time=result.time,
            by=result.by,
            passed=result.passed,
            model_digest=result.model_digest,
            shown=[ShownBody.of(part) for part in result.shown],
            missing=list(result.missing),
            findings=[FindingBody.of(each) for each in result.findings],
        )


class MastersBody(Body):
    """The list of master parts, and where the check stands."""

    parts: list[MasterPartBody]
    status: StatusBody
    check: CheckBody | None = Field(description="The check that has begun; null if none has.")


class BypassBody(Body):
    """A bypass that is on."""

    id: str
    by: str
    reason: str
    begun: datetime
    until: datetime

    @classmethod
    def of(cls, bypass: BypassNow) -> Self:
        """The body of a bypass."""
        return cls.model_validate(bypass)


class BypassGiven(BaseModel):
    """A bypass that is to begin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(min_length=1, max_length=4000)
    until: datetime = Field(description="With its offset; within 24 hours from now.")


class BypassEntryBody(Body):
    """One line of the bypass log."""

    time: datetime
    by: str
    action: Literal["begun", "ended"]
    reason: str
    until: datetime | None = Field(description="When it ends by itself; of `begun`.")

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The body of an entry of kind bypass."""
        content = Bypass.of(entry.payload)
        return cls(
            time=utc_of(entry.time_us),
            by=entry.by,
            action=content.action,
            reason=content.reason,
            until=None if content.until_us is None else utc_of(content.until_us),
        )


class BypassesBody(Body):
    """The bypass log."""

    current: BypassBody | None = Field(description="The bypass that is on; null if none is.")
    entries: list[BypassEntryBody] = Field(description="Newest first.")


class KnownPartGiven(BaseModel):
    """An inspection of a part whose truth is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inspection: str = Field(max_length=36)
    truth: Truth


class KnownPartsGiven(BaseModel):
    """Parts of known truth that this camera has seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: list[KnownPartGiven] = Field(max_length=1000)
    cost_escape: float = Field(1.0, gt=0, le=1000, description="Weight of the escape rate.")
    cost_overkill: float = Field(1.0, gt=0, le=1000, description="Weight of the overkill rate.")
    goal: float = Field(0.01, gt=0.0001, lt=0.5, description="Rate whose proof is counted.")


class SideBody(Body):
    """The known parts of one truth; each is judged at a threshold chosen without it."""

    parts: int
    photos: int
    wrong_before: int = Field(description="Wrong at the threshold of now.")
    wrong: int = Field(description="Wrong at a threshold that was chosen without them.")
    rate: Rate
    bound: float = Field(description="Largest rate that is not excluded at 95 %, one-sided.")
    needed: int = Field(description="Parts without an error that would prove the goal.")
    odd: list[str] = Field(description="Serials of the parts that are wrong.")

    @classmethod
    def of(cls, side: SideEvidence) -> Self:
        """The body of the evidence of a side."""
        return cls.model_validate(side)


class MessageBody(Body):
    """A sentence as a code with values, and in English."""

    code: str
    text: str


class ProposalBody(Body):
    """A proposed operating point. It changes nothing: put it into force with its route."""

    model: str
    model_digest: str
    current: OperatingPoint
    proposed: OperatingPoint
    shift: float = Field(description="Of the threshold, in log-odds.")
    better: bool = Field(description="Whether fewer known parts are wrong than now.")
    good: SideBody
    defective: SideBody
    unfamiliar: int = Field(description="Known parts that a person decides in any case.")
    messages: list[MessageBody]

    @classmethod
    def of(cls, proposal: ThresholdProposal, *, model: str, digest: str) -> Self:
        """The body of a proposal for a model."""
        return cls(
            model=model,
            model_digest=digest,
            current=proposal.current,
            proposed=proposal.point,
            shift=proposal.shift,
            better=proposal.better,
            good=SideBody.of(proposal.good),
            defective=SideBody.of(proposal.defective),
            unfamiliar=proposal.unfamiliar,
            messages=[MessageBody(code=m.code, text=m.text()) for m in proposal.messages],
        )
