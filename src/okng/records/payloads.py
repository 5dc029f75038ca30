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
    """A signature by a named person; its record is the subject of the entry (21 CFR 11.50)."""

    name: str = Field(min_length=1, max_length=200, description="printed name of the signer")
    meaning: str = Field(min_length=1, max_length=200, description="such as reviewed, approved")
    note: str = Field("", max_length=4000, description="what the person adds")


class ModelChange(Payload):
    """Another model judges from now on; the station's model is the subject of the entry."""

    role: str = Field(max_length=10, description="live or shadow")
    before: str = Field("", max_length=64, description="digest of the model file before; empty")
    after: str = Field("", max_length=64, description="digest of the model file; empty for none")
    reason: str = Field("", max_length=4000, description="why")


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
    rows: int = Field(ge=1, description="how many")
    first: int = Field(ge=1, description="lowest number of a deleted row")
    last: int = Field(ge=1, description="highest number of a deleted row")
    digest: str = Field(
        min_length=64, max_length=64,
        description="SHA-256 of the lines `seq hash`, one for each deleted row in order of seq",
    )  # fmt: skip
    photos: int = Field(0, ge=0, description="photos and heatmaps that were deleted with them")
