"""One inspection: photo, numbers, history, and the review of a person."""

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from okng.errors import MissingError
from okng.records import Records
from okng.serve.security import Scope
from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.callers import KnownNow, ReviewerNow
from okng.serve.web.frame import Frame
from okng.serve.web.review_form import ReviewNow
from okng.serve.web.routing import is_fragment, pages
from okng.serve.web.views.history import lines
from okng.serve.web.views.verdicts import defect_classes
from okng.station.reviews import review
from okng.wording import language

router = pages()
_SEE_OTHER = 303


@router.get("/inspections/{identifier}")
def inspection(
    frame: FrameNow, records: RecordsNow, caller: KnownNow, identifier: str
) -> HTMLResponse:
    """The page of one inspection."""
    may_review = Scope.REVIEW in caller.scopes
    return _answer("inspection", frame, records, identifier, may_review=may_review)


@router.post("/inspections/{identifier}/review")
def reviewed(
    request: Request,
    frame: FrameNow,
    records: RecordsNow,
    caller: ReviewerNow,
    given: ReviewNow,
    identifier: str,
) -> Response:
    """Put a review on record; answers the part of the page that shows it."""
    review(records, identifier, given, caller.name)
    if not is_fragment(request):
        return RedirectResponse(f"/inspections/{identifier}", _SEE_OTHER)
    return _answer("parts/inspection_review", frame, records, identifier, may_review=True)


def _answer(
    template: str, frame: Frame, records: Records, identifier: str, *, may_review: bool
) -> HTMLResponse:
    detail = records.detail(identifier)
    if detail is None:
        raise MissingError(
            "There is no such inspection", where=identifier, hint="Search for its serial number."
        )
    with language(frame.preferences.language):
        history = lines(detail.entries)
    return answer(
        template,
        frame,
        detail=detail,
        history=history,
        classes=defect_classes(detail.inspection),
        may_review=may_review,
    )
