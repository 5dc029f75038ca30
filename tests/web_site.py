"""A served station for tests of pages, and inspections for its records."""

import time
from typing import NamedTuple

from okng.inference.inspection import new_id
from okng.records import InspectionRow, Records

FOREIGN = "<script>document.title = 'foreign'</script>"
"""In the report of the model: what no report may run."""
_SCORES = {"OK": 120_000_000, "NG": 910_000_000, "REVIEW": 480_000_000, "ERROR": None}
_REASONS = {"REVIEW": "band"}


class Site(NamedTuple):
    """A served station.

    Attributes:
        address: of its first page.
        records: that it writes.
        station: its name.
    """

    address: str
    records: Records
    station: str

    def add(self, verdict: str, serial: str) -> str:
        """Put an inspection on record, and give its identifier."""
        row = inspection_row(verdict, self.station, serial)
        self.records.append(row).result()
        return row.id


def inspection_row(verdict: str, station: str, serial: str) -> InspectionRow:
    """An inspection of a model with the classes ok, dent and scratch."""
    score = _SCORES[verdict]
    classes = (
        {}
        if score is None
        else {"ok": 1_000_000_000 - score, "dent": score - 1000, "scratch": 1000}
    )
    shares = ",".join(f'"{name}":"{value / 1e9:.9f}"' for name, value in classes.items())
    return InspectionRow(
        id=new_id(), time_us=time.time_ns() // 1000, offset_min=0, station=station, serial=serial,
        batch="B7", model_digest="ab" * 32, model_name="discs", threshold_e9=500_000_000,
        operating_point='{"review_high":"0.600000000","review_low":"0.400000000",'
                        '"threshold":"0.500000000"}',
        score_e9=score, probabilities=f"{{{shares}}}", verdict=verdict,
        unfamiliarity_e9=None if score is None else 420_000_000,
        class_name="" if score is None else "dent", reason=_REASONS.get(verdict, ""),
        error_code="photo.damaged" if verdict == "ERROR" else "", latency_us=31_000,
        okng_version="1",
    )  # fmt: skip
