"""The inspections of a search as a CSV file that is safe to open in a spreadsheet."""

import csv
from collections.abc import Iterator
from io import StringIO

from starlette.responses import Response, StreamingResponse

from okng.records import InspectionRow, Records
from okng.records.queries import InspectionFilter, LatestReview
from okng.records.transfer.cells import Cell, to_cell
from okng.serve.web.around import FrameNow, RecordsNow
from okng.serve.web.formats import E9, iso
from okng.serve.web.pages.inspections import AskedNow
from okng.serve.web.routing import pages
from okng.wording import language, translated

router = pages()
MOST_ROWS = 100_000
"""Rows of one file; a spreadsheet takes a million, and `okng records export` writes all."""
_PAGE = 500  # rows that are in memory at once
_COLUMNS = (
    "time", "serial", "batch", "verdict", "class", "defect_score", "threshold", "unfamiliarity",
    "reason", "error", "review", "review_label", "latency_ms", "station", "model", "model_digest",
    "photo_digest", "id",
)  # fmt: skip


@router.get("/inspections.csv")
def inspections_csv(frame: FrameNow, records: RecordsNow, asked: AskedNow) -> Response:
    """All inspections of a search, newest first."""
    with language(frame.preferences.language):
        more = translated("There are more: narrow the search, or use `okng records export`.")
    return StreamingResponse(
        _texts(_lines(records, asked.filter(), more)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="inspections.csv"'},
    )


def _texts(lines: Iterator[list[list[str]]]) -> Iterator[bytes]:
    """Blocks of lines as CSV. Excel takes a file for UTF-8 by its first three bytes only."""
    yield b"\xef\xbb\xbf"
    for block in lines:
        text = StringIO(newline="")
        csv.writer(text).writerows(block)
        yield text.getvalue().encode()


def _lines(records: Records, wanted: InspectionFilter, more: str) -> Iterator[list[list[str]]]:
    yield [list(_COLUMNS)]
    cursor, left = None, MOST_ROWS
    while left > 0:
        page = records.page(wanted, min(_PAGE, left), cursor)
        yield [list(map(to_cell, _cells(row, page.reviews.get(row.id)))) for row in page.rows]
        cursor, left = page.next, left - _PAGE
        if cursor is None:
            return
    yield [[more]]


def _cells(row: InspectionRow, review: LatestReview | None) -> tuple[Cell, ...]:
    """One inspection in the order of the columns; empty cells are values that there are not."""
    return (
        iso(row.time_us, row.offset_min), row.serial or None, row.batch or None, row.verdict,
        row.class_name or None, _share(row.score_e9), _share(row.threshold_e9),
        _share(row.unfamiliarity_e9), row.reason or None, row.error_code or None,
        review and review.truth, (review and review.label) or None, f"{row.latency_us / 1000:.3f}",
        row.station, row.model_name, row.model_digest, row.photo_digest, row.id,
    )  # fmt: skip


def _share(steps_e9: int | None) -> str | None:
    return None if steps_e9 is None else f"{steps_e9 / E9:.9f}"
