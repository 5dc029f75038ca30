"""Which inspections wait for a review, and which have one."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from okng.records.derived.upserts import upsert
from okng.records.payloads import Review
from okng.records.rows import Entry, InspectionRow, Kind, Role
from okng.records.tables import inspections, review_states


def open_reviews(connection: Connection, rows: Sequence[InspectionRow]) -> None:
    """Rejected parts of the line wait for a review."""
    waiting = [
        {
            "inspection_id": row.id,
            "station": row.station,
            "time_us": row.time_us,
            "verdict": row.verdict,
            "state": "open",
            "truth": "",
            "label": "",
        }
        for row in rows
        # a shadow decides nothing, so nobody reviews it
        if row.role is Role.LIVE and row.verdict != "OK"
    ]
    upsert(connection, review_states, waiting)


def add_reviews(connection: Connection, rows: Sequence[Entry]) -> None:
    """The last review of an inspection replaces those before it."""
    latest = {row.subject: Review.of(row.payload) for row in rows if row.kind is Kind.REVIEW}
    if not latest:
        return
    columns = inspections.c
    query = select(columns.id, columns.station, columns.time_us, columns.verdict, columns.role)
    states, withdrawn = [], []
    for row in connection.execute(query.where(columns.id.in_(latest))):
        review = latest[row.id]
        # no part of the queue: a review of an OK part that was taken back
        if review.truth is None and (row.verdict == "OK" or row.role != Role.LIVE):
            withdrawn.append(row.id)
            continue
        states.append(
            {
                "inspection_id": row.id,
                "station": row.station,
                "time_us": row.time_us,
                "verdict": row.verdict,
                "state": "open" if review.truth is None else "done",
                "truth": review.truth or "",
                "label": review.label if review.truth else "",
            }
        )
    upsert(connection, review_states, states)
    if withdrawn:
        connection.execute(
            delete(review_states).where(review_states.c.inspection_id.in_(withdrawn))
        )
