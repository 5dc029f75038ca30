"""What sinks send: verdicts, alarms and states as JSON. The reference page is written from this."""

import json
from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from okng.connect.contracts import Around
from okng.connect.delivery import Alarm, Delivery
from okng.records.canonical import from_e9
from okng.station.clock import moment_of, utc_of
from okng.verdict import Judgement


class Message(BaseModel):
    """Base of all messages. Fields may join later; none changes its meaning."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    def body(self) -> bytes:
        """The message as JSON in UTF-8."""
        return self.model_dump_json(by_alias=True).encode()


class Event(Message):
    """Something that happened, once."""

    id: str = Field(description="UUID version 7. A repeat has the same one.")
    time: datetime = Field(description="When it happened.")


class VerdictMessage(Event):
    """One verdict, as it is on record."""

    form: Literal["okng.verdict.1"] = Field("okng.verdict.1", description="Kind and version.")
    id: str = Field(description="UUID version 7 of the inspection. A repeat has the same one.")
    seq: int = Field(description="Number in the chain of the station; it grows, with gaps.")
    time: datetime = Field(description="When the photo was received, with the station's offset.")
    site: str = Field(description="Name of the plant.")
    station: str = Field(description="Name of the station.")
    product: str | None = Field(description="Product that is inspected.")
    serial: str | None = Field(description="Serial number of the part.")
    batch: str | None = Field(description="Batch of the part.")
    role: str = Field(description="`live` moved the part; `shadow` and `master` did not.")
    verdict: Judgement = Field(description="OK, NG, REVIEW or ERROR.")
    rejects: bool = Field(description="Whether the part must not pass: all but OK.")
    defect_score: float | None = Field(description="In [0, 1]; null for ERROR.")
    threshold: float = Field(description="A score at or above it is NG.")
    class_name: str = Field(alias="class", description="The likeliest class; empty for ERROR.")
    probabilities: dict[str, float] = Field(description="Class -> probability.")
    unfamiliarity: float | None = Field(description="In [0, 1]; null where it is not known.")
    reason: str = Field(description="`band` or `unfamiliar` for REVIEW; else empty.")
    error_code: str = Field(description="Why the verdict is ERROR; else empty.")
    model: str = Field(description="Name of the model.")
    model_digest: str = Field(description="SHA-256 of the model file.")
    photo_digest: str | None = Field(description="SHA-256 of the photo.")
    latency_ms: float = Field(description="From the receipt of the photo to the verdict.")

    @classmethod
    def of(cls, delivery: Delivery, around: Around) -> Self:
        """The message of a verdict."""
        row = delivery.row
        verdict = Judgement(row.verdict)
        return cls(
            id=row.id,
            seq=delivery.seq,
            time=moment_of(row.time_us, row.offset_min),
            site=around.site,
            station=row.station,
            product=row.product or around.product,
            serial=row.serial,
            batch=row.batch,
            role=row.role,
            verdict=verdict,
            rejects=verdict is not Judgement.OK,
            defect_score=from_e9(row.score_e9),
            threshold=row.threshold_e9 / 1e9,
            class_name=row.class_name,
            probabilities={k: float(v) for k, v in json.loads(row.probabilities).items()},
            unfamiliarity=from_e9(row.unfamiliarity_e9),
            reason=row.reason,
            error_code=row.error_code,
            model=row.model_name,
            model_digest=row.model_digest,
            photo_digest=row.photo_digest,
            latency_ms=row.latency_us / 1000,
        )


class AlarmMessage(Event):
    """An alarm of a station begins or is over."""

    form: Literal["okng.alarm.1"] = Field("okng.alarm.1", description="Kind and version.")
    id: str = Field(description="UUID version 7. A repeat has the same one.")
    time: datetime = Field(description="When it happened, in UTC.")
    site: str = Field(description="Name of the plant.")
    station: str = Field(description="Name of the station.")
    code: str = Field(description="What is wrong; the codes stand in the reference of errors.")
    meaning: str = Field(description="The same in English words.")
    where: str = Field(description="Source, sink or part that it is about.")
    state: Literal["begun", "over"] = Field(description="What happened.")
    values: dict[str, str] = Field(description="Figures by name.")

    @classmethod
    def of(cls, alarm: Alarm, around: Around) -> Self:
        """The message of an alarm."""
        return cls(
            id=alarm.id,
            time=utc_of(alarm.time_us),
            site=around.site,
            station=alarm.station,
            code=alarm.code.value,
            meaning=alarm.code.meaning,
            where=alarm.where,
            state="over" if alarm.over else "begun",
            values={name: str(value) for name, value in alarm.values.items()},
        )


class StateMessage(Message):
    """Whether a station is there."""

    form: Literal["okng.state.1"] = Field("okng.state.1", description="Kind and version.")
    state: Literal["online", "offline"] = Field(description="`offline` is sent by the broker, too.")
    time: datetime = Field(description="When the station connected, or left, in UTC.")
    site: str = Field(description="Name of the plant.")
    station: str = Field(description="Name of the station.")

    @classmethod
    def of(cls, state: Literal["online", "offline"], around: Around) -> Self:
        """The message of now."""
        return cls(state=state, time=datetime.now(UTC), site=around.site, station=around.station)
