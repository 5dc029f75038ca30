"""The audit log: all entries on record."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from starlette.responses import HTMLResponse

from okng.records import Kind
from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.routing import pages
from okng.serve.web.views.history import lines
from okng.wording import language

router = pages()
_ROWS = 100  # of one page


@router.get("/audit-log")
def audit_log(
    frame: FrameNow,
    records: RecordsNow,
    kind: Annotated[tuple[Kind, ...], Query()] = (),
    cursor: str = "",
) -> HTMLResponse:
    """The page of the audit log."""
    page = records.entries_page(kinds=kind, limit=_ROWS, cursor=cursor or None)
    with language(frame.preferences.language):
        shown = lines(page.rows)
    return answer(
        "audit_log",
        frame,
        lines=shown,
        kinds=tuple(Kind),
        chosen=kind,
        newest=_address(kind, "") if cursor else "",
        older=_address(kind, page.next) if page.next else "",
    )


def _address(kinds: tuple[Kind, ...], cursor: str) -> str:
    fields = [*(("kind", str(kind)) for kind in kinds), *([("cursor", cursor)] if cursor else [])]
    return f"/audit-log?{urlencode(fields)}"
