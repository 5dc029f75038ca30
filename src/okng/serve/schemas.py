"""Bodies of requests and answers under `/api/v1`."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from okng.records import InspectionRow
from okng.records.canonical import from_e9
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
    model: str = Field(description="Name of the model that decided.")
    model_digest: str = Field(description="SHA-256 of the model file.")
    photo_digest: str | None = Field(None, description="SHA-256 of the bytes of the photo.")
    latency_ms: float = Field(description="From the receipt of the photo to the verdict.")
    asked_by: str = Field(description="`key:NAME`, `user:NAME`, or `local`.")

    @classmethod
    def of(cls, row: InspectionRow) -> Self:
        """The body for a row of the records."""
        offset = timezone(timedelta(minutes=row.offset_min))
        moment = datetime.fromtimestamp(row.time_us // 1_000_000, UTC)
        probabilities = json.loads(row.probabilities)
        return cls(
            id=row.id,
            time=moment.replace(microsecond=row.time_us % 1_000_000).astimezone(offset),
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
            model=row.model_name,
            model_digest=row.model_digest,
            photo_digest=row.photo_digest,
            latency_ms=row.latency_us / 1000,
            asked_by=row.asked_by,
        )


class Alive(BaseModel):
    """The process runs."""

    status: str = "alive"


class Ready(BaseModel):
    """Whether the station takes photos, and what is wrong with it."""

    status: str = Field(description="`ready` or `not ready`.")
    station: str
    models: list[str]
    faults: list[str] = Field(description="Codes of what is wrong; empty if nothing is.")
