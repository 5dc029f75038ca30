"""One inspection with all that is on record about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from okng.records.queries.pages import LatestReview, Read, reviews_of
from okng.records.reading import entry_row, inspection_row
from okng.records.rows import Entry, InspectionRow, Link
from okng.records.tables import entries, inspections


@dataclass(frozen=True, slots=True)
class InspectionDetail:
    """An inspection and what followed.

    Attributes:
        inspection: the inspection.
        link: its place in the chain.
        entries: about it, such as reviews and signatures, oldest first.
        shadows: verdicts of shadow models on the same photo.
        review: the one that counts; None if there is none.
    """

    inspection: InspectionRow
    link: Link
    entries: Sequence[Entry]
    shadows: Sequence[InspectionRow]
    review: LatestReview | None


def detail(read: Read, identifier: str) -> InspectionDetail | None:
    """One inspection with its entries and shadows; None if there is none."""
    rows = read(select(inspections).where(inspections.c.id == identifier))
    if not rows:
        return None
    row = rows[0]
    about = select(entries).where(entries.c.subject == identifier).order_by(entries.c.seq)
    shadows = select(inspections).where(inspections.c.live_id == identifier)
    return InspectionDetail(
        inspection_row(row),
        Link(row.station, row.seq, row.hash),
        [entry_row(each) for each in read(about)],
        [inspection_row(each) for each in read(shadows.order_by(inspections.c.time_us))],
        reviews_of(read, [identifier]).get(identifier),
    )
