"""Inspections and reviews, as requests and answers have them."""

import json
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from okng.records import Entry, InspectionRow, Kind, Role
from okng.records.canonical import from_e9
from okng.records.payloads import Review, Truth
from okng.records.queries import InspectionDetail
from okng.serve.schemas.problems import Problem
from okng.station.clock import moment_of
from okng.verdict import Judgement

SERIAL = 200
"""Characters of a serial number, a batch, a product or a key, at most: the width of its column."""


class InspectionBody(BaseModel):
    """One inspection, as it stands on record."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: str = Field(description="UUID version 7.")
    time: datetime = Field(description="When the photo was received, with the station's offset.")
    station: str
    serial: str | None = Field(None, description="Serial number of the part.")
    batch: str | None = None
    product: str | None = None
    verdict: Judgement
    defect_score: float | None = Field(description="In [0, 1]; null for ERROR.")
    class_name: str = Field(alias="class", description="The likeliest class; empty for ERROR.")
    probabilities: dict[str, float] = Field(description="Class -> probability.")
    threshold: float = Field(description="A score at or above it is NG.")
    unfamiliarity: float | None = Field(
        None, description="In [0, 1]: how unlike the training photos; null where not known."
    )
    reason: str = Field("", description="`band` or `unfamiliar` for REVIEW; else empty.")
    error_code: str = Field("", description="Why the verdict is ERROR.")
    role: Role
    model: str = Field(description="Name of the model that decided.")
    model_digest: str = Field(description="SHA-256 of the model file.")
    photo_digest: str | None = Field(None, description="SHA-256 of the bytes of the photo.")
    latency_ms: float = Field(description="From the receipt of the photo to the verdict.")
    asked_by: str = Field(description="`key:NAME`, `user:NAME`, or `local`.")
    bypassed: bool = Field(
        False, description="The inspection was out of use: the part passes whatever the verdict."
    )

    @classmethod
    def of(cls, row: InspectionRow, *, bypassed: bool = False) -> Self:
        """The body for a row of the records, and whether a bypass was on then."""
        probabilities = json.loads(row.probabilities)
        return cls(
            id=row.id,
            time=moment_of(row.time_us, row.offset_min),
            station=row.station,
            serial=row.serial,
            batch=row.batch,
            product=row.product,
            verdict=Judgement(row.verdict),
            defect_score=from_e9(row.score_e9),
            class_name=row.class_name,
            probabilities={name: float(value) for name, value in probabilities.items()},
            threshold=row.threshold_e9 / 1e9,
            unfamiliarity=from_e9(row.unfamiliarity_e9),
            reason=row.reason,
            error_code=row.error_code,
            role=row.role,
            model=row.model_name,
            model_digest=row.model_digest,
            photo_digest=row.photo_digest,
            latency_ms=row.latency_us / 1000,
            asked_by=row.asked_by,
            bypassed=bypassed,
        )


class BatchItem(BaseModel):
    """The result of one photo of several: one of the two."""

    inspection: InspectionBody | None = None
    problem: Problem | None = None


class BatchBody(BaseModel):
    """Results of several photos, in their order."""

    results: list[BatchItem]


class ReviewShort(BaseModel):
    """The review of an inspection that counts."""

    truth: Truth
    label: str


class PageBody(BaseModel):
    """A page of inspections, newest first."""

    inspections: list[InspectionBody]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")
    reviews: dict[str, ReviewShort] = Field(description="Identifier -> its review.")


class ReviewGiven(BaseModel):
    """What a person states about an inspection: `agree`, or `truth`.

    `truth: null` takes back what was stated before.
    """

    model_config = ConfigDict(extra="forbid")

    agree: bool | None = Field(None, description="With a verdict OK or NG.")
    truth: Truth | None = Field(None, description="What the part is.")
    label: str = Field("", max_length=200, description="Class of the part.")
    note: str = Field("", max_length=4000)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if len({"agree", "truth"} & self.model_fields_set) != 1:
            raise ValueError("give either agree or truth")
        return self


class ReviewBody(BaseModel):
    """A review, as it stands on record."""

    id: str
    inspection: str
    time: datetime
    by: str
    truth: Truth | None
    label: str
    verdict: str = Field(description="That the person saw.")
    note: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The body for an entry of the records."""
        content = Review.of(entry.payload)
        return cls(
            id=entry.id,
            inspection=entry.subject,
            time=moment_of(entry.time_us, entry.offset_min),
            by=entry.by,
            truth=content.truth,
            label=content.label,
            verdict=content.verdict,
            note=content.note,
        )


class DetailBody(InspectionBody):
    """An inspection with what is on record about it."""

    has_photo: bool = Field(description="Whether its photo is stored.")
    seq: int = Field(description="Number of its row in the chain of its station.")
    hash: str = Field(description="Of its row in that chain.")
    reviews: list[ReviewBody] = Field(description="Oldest first; the last one counts.")
    shadows: list[InspectionBody] = Field(description="Verdicts of shadow models.")

    @classmethod
    def of_detail(cls, detail: InspectionDetail, *, bypassed: bool = False) -> Self:
        """The body for what the records hold about an inspection."""
        row = detail.inspection
        reviews = [entry for entry in detail.entries if entry.kind is Kind.REVIEW]
        return cls(
            **InspectionBody.of(row, bypassed=bypassed).model_dump(),
            has_photo=row.photo_place is not None,
            seq=detail.link.seq,
            hash=detail.link.hash,
            reviews=[ReviewBody.of(entry) for entry in reviews],
            shadows=[InspectionBody.of(shadow) for shadow in detail.shadows],
        )
