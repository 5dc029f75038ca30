"""What is repeated from the rows so that it is fast to read: states of reviews, tallies.

It is written in the transaction of the rows, is not chained, and proves nothing.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from okng.records.derived.review_states import add_reviews, open_reviews
from okng.records.derived.tallies import add_to_tallies
from okng.records.rows import Entry, InspectionRow, Row

__all__ = ["derive"]


def derive(connection: Connection, rows: Sequence[Row]) -> None:
    """Bring what is derived up to rows that this transaction has inserted."""
    inspected = [row for row in rows if isinstance(row, InspectionRow)]
    add_to_tallies(connection, inspected)
    open_reviews(connection, inspected)
    add_reviews(connection, [row for row in rows if isinstance(row, Entry)])
