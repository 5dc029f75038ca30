"""An inspection of the engine -> the row that goes on record."""

from okng.inference import Inspection
from okng.records import InspectionRow, Role
from okng.records.canonical import canonical, decimal, e9
from okng.station.clock import offset_minutes, utc_of
from okng.station.judging.requests import PartRequest
from okng.verdict import OperatingPoint


def point_text(point: OperatingPoint) -> str:
    """Threshold, band and limit as canonical JSON."""
    return canonical(
        {
            "threshold": decimal(point.threshold),
            "review_low": decimal(point.review_low),
            "review_high": decimal(point.review_high),
            "unfamiliar_limit": decimal(point.unfamiliar_limit),
        }
    )


def row_of(
    inspection: Inspection,
    request: PartRequest,
    *,
    station: str,
    model_name: str,
    latency_us: int,
    role: Role | None = None,
    live: InspectionRow | None = None,
) -> InspectionRow:
    """The row of an inspection.

    Args:
        inspection: of the engine.
        request: that asked for it.
        station: name of the chain.
        model_name: at this station.
        latency_us: from the receipt of the photo to the verdict, in microseconds.
        role: what the inspection is for; that of the request, if None.
        live: of a shadow: the inspection that decided.
    """
    role = role or request.role
    verdict, time_us = inspection.verdict, request.arrival.wall_ns // 1000
    return InspectionRow(
        id=inspection.id,
        time_us=time_us,
        offset_min=offset_minutes(utc_of(time_us)),
        station=station,
        role=role,
        live_id=None if live is None else live.id,
        serial=request.serial,
        batch=request.batch,
        product=request.product,
        photo_digest=inspection.photo_digest,
        photo_place=None if live is None else live.photo_place,
        model_digest=inspection.model_digest,
        model_name=model_name,
        operating_point=point_text(inspection.operating_point),
        threshold_e9=e9(inspection.operating_point.threshold) or 0,
        score_e9=e9(verdict.defect_score),
        probabilities=canonical({k: decimal(p) for k, p in verdict.probabilities.items()}),
        unfamiliarity_e9=e9(verdict.unfamiliarity),
        verdict=verdict.verdict.value,
        class_name=verdict.class_name,
        reason=verdict.reason,
        error_code=inspection.error_code,
        latency_us=latency_us,
        asked_by=request.asked_by,
        idempotency_key=request.key if role is Role.LIVE else None,
        request_id=request.request_id,
        okng_version=inspection.okng_version,
    )
