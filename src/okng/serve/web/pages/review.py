"""The review queue: one key for each part, and the last one can be taken back."""

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from okng.records import Records
from okng.records.payloads import Review
from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.callers import ReviewerNow
from okng.serve.web.frame import Frame
from okng.serve.web.review_form import ReviewNow
from okng.serve.web.routing import is_fragment, pages
from okng.serve.web.views.queue import Queue
from okng.serve.web.views.verdicts import defect_classes
from okng.station.reviews import review

router = pages()
_SEE_OTHER = 303


@router.get("/review")
def queue(frame: FrameNow, records: RecordsNow, cursor: str = "", undo: str = "") -> HTMLResponse:
    """The page of the queue."""
    return _answer("review", frame, Queue.of(records, cursor, undo or None))


@router.post("/review/{identifier}")
def reviewed(
    request: Request,
    frame: FrameNow,
    records: RecordsNow,
    caller: ReviewerNow,
    given: ReviewNow,
    identifier: str,
    cursor: str = "",
) -> Response:
    """Put a review on record; answers the part that is next."""
    review(records, identifier, given, caller.name)
    if not is_fragment(request):
        return RedirectResponse(f"/review?cursor={cursor}&undo={identifier}", _SEE_OTHER)
    return _answer("parts/review_queue", frame, Queue.of(records, cursor, identifier))


@router.post("/review/{identifier}/undo")
def undone(
    request: Request, frame: FrameNow, records: RecordsNow, caller: ReviewerNow, identifier: str
) -> Response:
    """Take a review back by an entry of its own; answers the part that it was about."""
    review(records, identifier, Review(truth=None), caller.name)
    if not is_fragment(request):
        return RedirectResponse("/review", _SEE_OTHER)
    return _answer("parts/review_queue", frame, _again(records, identifier))


def _again(records: Records, identifier: str) -> Queue:
    """The queue with a part at its front."""
    row = records.inspection(identifier)
    behind = Queue.of(records)
    ahead = [each for each in (behind.row, *behind.ahead) if each and each.id != identifier]
    return behind._replace(row=row, ahead=ahead, skip="") if row else behind


def _answer(template: str, frame: Frame, queue: Queue) -> HTMLResponse:
    classes = defect_classes(queue.row) if queue.row else []
    return answer(template, frame, queue=queue, classes=classes)
