"""Inspections on record: search, filters, pages."""

from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import HTMLResponse

from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.routing import pages
from okng.serve.web.views.asked import Asked, address

router = pages()
_ROWS = {"table": 50, "gallery": 60}  # of one page; 60 fills rows of 2 to 6 photos
_MOST_COUNTED = 10_000
_CSV = "/inspections.csv"


def _asked(
    verdict: Annotated[tuple[str, ...], Query()] = (),
    serial: str = "",
    batch: str = "",
    since: str = "",
    until: str = "",
    reviewed: str = "",
    view: str = "table",
    cursor: str = "",
) -> Asked:
    view = view if view in _ROWS else "table"
    return Asked(serial, batch, since, until, verdict, reviewed, view, cursor)


AskedNow = Annotated[Asked, Depends(_asked)]
"""The search in the address of a page, for the signature of a route."""


@router.get("/inspections")
def inspections(frame: FrameNow, records: RecordsNow, asked: AskedNow) -> HTMLResponse:
    """The page of inspections."""
    wanted = asked.filter()
    return answer(
        "inspections",
        frame,
        asked=asked,
        page=records.page(wanted, _ROWS[asked.view], asked.cursor or None),
        count=records.count(wanted, _MOST_COUNTED),
        export=address(asked, _CSV, view="", cursor=""),
    )
