"""Reviews: what persons say about parts that were inspected, each an entry on record."""

import time
from datetime import datetime

from okng.errors import MissingError
from okng.inference.inspection import new_id
from okng.records import Entry, Kind, Records
from okng.records.payloads import Review


def review(records: Records, identifier: str, content: Review, by: str) -> Entry:
    """Put a review on record; it is on the disk when this returns.

    Args:
        records: that hold the inspection.
        identifier: of the inspection.
        content: what the person says; without a truth, it takes earlier reviews back.
        by: who it is, as `user:NAME`.

    Raises:
        MissingError: there is no such inspection.
        RecordsError: it cannot be put on record.
    """
    row = records.inspection(identifier)
    if row is None:
        raise MissingError(
            "There is no such inspection", where=identifier, hint="Search for its serial number."
        )
    offset = datetime.now().astimezone().utcoffset()
    entry = Entry(
        id=new_id(),
        time_us=time.time_ns() // 1000,
        offset_min=0 if offset is None else round(offset.total_seconds() / 60),
        station=row.station,
        kind=Kind.REVIEW,
        subject=row.id,
        by=by,
        payload=content.text(),
    )
    records.append(entry).result()
    return entry
