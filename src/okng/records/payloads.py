"""Payloads of entries: one model for each kind.

A payload holds no float: a number with a fraction is a decimal as text (`okng.records.canonical`).
"""

import json
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from okng.records.canonical import canonical

Truth = Literal["OK", "NG"]


class Payload(BaseModel):
    """Base of all payloads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def text(self) -> str:
        """The payload as canonical JSON, as an entry holds it."""
        return canonical(self.model_dump(mode="json"))

    @classmethod
    def of(cls, text: str) -> Self:
        """The payload of an entry."""
        return cls.model_validate(json.loads(text))


class Review(Payload):
    """A person's verdict on an inspection, which is the subject of the entry.

    The last review counts. One without a truth withdraws those before it.
    """

    truth: Truth | None = Field(description="whether the part is good; null to withdraw")
    label: str = Field("", max_length=200, description="class of the part; empty if not named")
    verdict: str = Field("", max_length=10, description="verdict that the person saw")
    note: str = Field("", max_length=4000, description="what the person adds")


class Signature(Payload):
    """A signature by a named person; its record is the subject of the entry (21 CFR 11.50, 11.70).

    The time is that of the entry. The hash covers the signed row and, through the chain, all rows
    before it: the signature cannot be moved to another row.
    """

    name: str = Field(min_length=1, max_length=200, description="printed name of the signer")
    meaning: str = Field(min_length=1, max_length=200, description="such as review, approval")
    note: str = Field("", max_length=4000, description="what the person adds")
    table: str = Field(max_length=20, description="table of the signed row")
    seq: int = Field(ge=1, description="number of the signed row in its chain")
    hash: str = Field(min_length=64, max_length=64, description="hash of the signed row")


class ModelChange(Payload):
    """Another model judges from now on; the station's model is the subject of the entry."""

    role: str = Field(max_length=10, description="live or shadow")
    before: str = Field("", max_length=64, description="digest of the model file before; empty")
    after: str = Field("", max_length=64, description="digest of the model file; empty for none")
    reason: str = Field("", max_length=4000, description="why")


class Promotion(Payload):
    """A challenger takes a champion's place, or the champion comes back; the model is the subject.

    A `ModelChange` stands beside it, as for every other exchange.
    """

    action: Literal["promoted", "rolled-back"] = Field(description="what happened")
    before: str = Field(max_length=64, description="digest of the model file before")
    after: str = Field(max_length=64, description="digest of the model file from now on")
    gate: str = Field(max_length=64, description="SHA-256 of gate.json, the verdict of the gate")
    verdict: str = Field("", max_length=4000, description="that verdict in English; of `promoted`")
    shadow_parts: int = Field(0, ge=0, description="parts that it judged as the shadow before")
    shadow_differing: int = Field(0, ge=0, description="of these, those with another verdict")
    reason: str = Field(min_length=1, max_length=4000, description="why")


class ThresholdChange(Payload):
    """Another operating point; the model is the subject of the entry."""

    before: str = Field(description="operating point before, as canonical JSON")
    after: str = Field(description="operating point from now on, as canonical JSON")
    model_before: str = Field("", max_length=64, description="digest of the model file before")
    model_after: str = Field("", max_length=64, description="digest of the model file")
    reason: str = Field(min_length=1, max_length=4000, description="why")


class SettingsChange(Payload):
    """Settings with which the station starts, where they differ from those before."""

    before: dict[str, str] = Field(description="changed settings before: name -> value")
    after: dict[str, str] = Field(description="changed settings: name -> value")


class Audit(Payload):
    """Anything that an auditor may ask about: logins, users, keys, exports."""

    action: str = Field(min_length=1, max_length=100, description="such as user.added")
    details: dict[str, str] = Field(default_factory=dict, description="name -> value")


class Deletion(Payload):
    """Rows that a rule of retention deletes. Each of them leaves a tombstone."""

    rule: str = Field(max_length=400, description="the rule, such as `OK older than 90 days`")
    rows: int = Field(ge=0, description="how many; 0 where only photos are deleted")
    first: int = Field(ge=0, description="lowest number of a deleted row")
    last: int = Field(ge=0, description="highest number of a deleted row")
    digest: str = Field(
        min_length=64, max_length=64,
        description="SHA-256 of the lines `seq hash`, one for each deleted row in order of seq",
    )  # fmt: skip
    photos: int = Field(0, ge=0, description="photos and heatmaps that were deleted with them")


class AlarmChange(Payload):
    """An alarm of the line begins or is over; what it is about is the subject of the entry."""

    code: str = Field(min_length=1, max_length=60, description="what is wrong")
    state: Literal["begun", "over"] = Field(description="what happened")
    values: dict[str, str] = Field(default_factory=dict, description="figures: name -> value")


class Bypass(Payload):
    """The inspection is out of use, or is in use again before the bypass ends by itself."""

    action: Literal["begun", "ended"] = Field(description="what happened")
    reason: str = Field("", max_length=4000, description="why")
    until_us: int | None = Field(
        None, description="when it ends by itself, in microseconds since 1970; of `begun`"
    )
    begun: str = Field("", max_length=36, description="entry that began it; of `ended`")


class MasterPartChange(Payload):
    """The list of master parts changed; the serial is the subject of the entry."""

    action: Literal["added", "replaced", "retired"] = Field(description="what happened")
    truth: Truth | None = Field(None, description="what the part is known to be; not of `retired`")
    label: str = Field("", max_length=200, description="class of its defect; empty if not named")
    photos: tuple[str, ...] = Field((), description="SHA-256 of photos of it")
    replaces: str = Field("", max_length=200, description="serial of the part that it replaces")
    note: str = Field("", max_length=4000, description="where it is stored, why it was changed")


class MasterShown(Payload):
    """One master part that was shown to the camera in a check."""

    serial: str = Field(max_length=200, description="of the part")
    truth: Truth = Field(description="what it is known to be")
    verdict: str = Field(max_length=10, description="of the station")
    inspection: str = Field("", max_length=36, description="identifier of the inspection")
    photo: str | None = Field(None, max_length=64, description="SHA-256 of the photo")
    score: str | None = Field(None, description="defect score")
    unfamiliarity: str | None = Field(None, description="in [0, 1]")
    brightness: str | None = Field(None, description="mean grey value, in [0, 1]")
    contrast: str | None = Field(None, description="standard deviation of the grey values")
    sharpness: str | None = Field(None, description="variance of the Laplacian over the variance")


class CheckFinding(Payload):
    """A difference of light, focus or position; `okng.wording` renders it."""

    code: str = Field(max_length=60, description="which sentence")
    value: str = Field(description="as measured")
    reference: str = Field("", description="what it was compared with")


class MasterCheckResult(Payload):
    """A check of the station with its master parts."""

    passed: bool = Field(description="every part was shown, and every verdict matched")
    begun_us: int = Field(description="when it began, in microseconds since 1970")
    model: str = Field(max_length=64, description="digest of the model file")
    model_name: str = Field("", max_length=200, description="of the model at this station")
    operating_point: str = Field("", description="with which it was checked, as canonical JSON")
    parts: tuple[MasterShown, ...] = Field(description="parts that were shown")
    missing: tuple[str, ...] = Field((), description="serials of parts that were not shown")
    findings: tuple[CheckFinding, ...] = Field((), description="about light, focus and position")
