"""Rows of records for tests."""

from itertools import count
from typing import Any

from okng.records import Entry, InspectionRow, Kind

_numbers = count(1)


def inspection_row(**given: Any) -> InspectionRow:
    """An inspection as a station would store it; what is given replaces a default."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": f"00000000-0000-7000-8000-{number:012d}",
        "time_us": 1_700_000_000_000_000 + number,
        "offset_min": 60,
        "station": "station-1",
        "photo_digest": f"{number:064x}",
        "model_digest": "m" * 64,
        "model_name": "model",
        "operating_point": '{"threshold":"0.500000000"}',
        "threshold_e9": 500_000_000,
        "score_e9": number % 1_000_000_000,
        "probabilities": '{"good":"0.900000000"}',
        "verdict": "OK",
        "class_name": "good",
        "latency_us": 12_345,
        "okng_version": "0.1.0",
    }
    return InspectionRow(**values | given)


def entry(kind: Kind = Kind.AUDIT, **given: Any) -> Entry:
    """An entry; what is given replaces a default."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": f"00000000-0000-7000-8000-{number:012d}",
        "time_us": 1_700_000_000_000_000 + number,
        "offset_min": 60,
        "station": "station-1",
    }
    return Entry(kind=kind, **values | given)
