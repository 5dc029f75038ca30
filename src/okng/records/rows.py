"""What a station puts on record: inspections, and entries of every other kind.

A row is written once and never changed. What changes about it later, such as a review, is an entry
of its own. The chain (`okng.records.chain`) covers both in the order in which they were written.
"""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import NamedTuple

from okng.records.canonical import Value, canonical


class Role(StrEnum):
    """What an inspection was for."""

    LIVE = "live"
    SHADOW = "shadow"
    MASTER = "master"


class Kind(StrEnum):
    """What an entry is about. The payload of each kind is a model in `okng.records.payloads`."""

    REVIEW = "review"
    SIGNATURE = "signature"
    MODEL_CHANGE = "model-change"
    PROMOTION = "promotion"
    THRESHOLD_CHANGE = "threshold-change"
    SETTINGS_CHANGE = "settings-change"
    BYPASS = "bypass"
    MASTER_PART = "master-part"
    MASTER_CHECK = "master-check"
    AUDIT = "audit"
    DELETION = "deletion"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRow:
    """One inspection as a row.

    Attributes:
        id: UUID version 7.
        time_us: when the photo was received, in microseconds since 1970, UTC.
        offset_min: of the station's clock from UTC, in minutes, at that time.
        station: name of the station, which is also the name of the chain.
        role: the verdict that the line acted on, that of a shadow model, or of a master part.
        live_id: of a shadow: the inspection that decided; else None.
        serial: of the part, as it was given; None without one.
        batch: likewise.
        product: likewise.
        photo_digest: SHA-256 of the bytes as given, in hex; None where there are none.
        photo_place: where the photo is stored, relative to the photo store; None if it is not.
        heatmap_digest: SHA-256 of the stored heatmap; None if none is stored.
        model_digest: SHA-256 of the model file, in hex.
        model_name: of the model at this station.
        operating_point: canonical JSON of the threshold, the band and the limit.
        threshold_e9: the threshold in steps of 1e-9.
        score_e9: the defect score likewise; None for ERROR.
        probabilities: canonical JSON: class -> decimal with nine places.
        unfamiliarity_e9: None for ERROR, and where the model file gives none.
        verdict: OK, NG, REVIEW or ERROR.
        class_name: the likeliest class; empty for ERROR.
        reason: `band`, `unfamiliar` or empty.
        error_code: why the verdict is ERROR, one of `okng.error_codes.Code`, or empty.
        latency_us: from receipt to verdict, in microseconds.
        asked_by: who asked: `key:NAME`, `user:NAME`, or `local`.
        idempotency_key: of the request; None without one, and for shadows and master parts.
        request_id: of the request, as in the log.
        okng_version: of the program that judged.
    """

    id: str
    time_us: int
    offset_min: int
    station: str
    role: Role = Role.LIVE
    live_id: str | None = None
    serial: str | None = None
    batch: str | None = None  # the live inspection that a shadow repeats
    product: str | None = None
    photo_digest: str | None = None
    photo_place: str | None = None
    heatmap_digest: str | None = None
    model_digest: str
    model_name: str
    operating_point: str
    threshold_e9: int  # 1e-9, see `okng.records.canonical`
    score_e9: int | None = None
    probabilities: str = "{}"
    unfamiliarity_e9: int | None = None
    verdict: str
    class_name: str = ""
    reason: str = ""
    error_code: str = ""
    latency_us: int
    asked_by: str = "local"
    idempotency_key: str | None = None
    request_id: str | None = None
    okng_version: str

    table = "inspections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Anything else that is on record.

    Attributes:
        id: UUID version 7.
        time_us: when it happened, in microseconds since 1970, UTC.
        offset_min: of the station's clock from UTC, in minutes, at that time.
        station: name of the chain.
        kind: what it is about.
        subject: identifier of what it is about: an inspection, a model, a master part, a user;
            empty for none.
        by: who did it: `user:NAME`, `key:NAME`, or `station` itself.
        payload: canonical JSON, in the form of its kind.
    """

    id: str
    time_us: int
    offset_min: int
    station: str
    kind: Kind
    subject: str = ""
    by: str = "station"
    payload: str = field(default_factory=lambda: canonical({}))

    table = "entries"


Row = InspectionRow | Entry
_NAMES = {cls.table: tuple(each.name for each in fields(cls)) for cls in (InspectionRow, Entry)}
"""Table -> its columns, in their order; `fields` takes 20 us a row."""


class Link(NamedTuple):
    """The place of a row in the chain of its station.

    Attributes:
        station: name of the chain.
        seq: number of the row, from 1.
        hash: SHA-256 over the row and the hash before it, in hex.
    """

    station: str
    seq: int
    hash: str


def columns(row: Row) -> dict[str, Value]:
    """The values of a row by column, without its place in the chain."""
    return {name: getattr(row, name) for name in _NAMES[row.table]}
