"""Master parts: the list, and the check of the station with them."""

from typing import Annotated, Literal

from fastapi import File, Form, Request, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from okng import preprocess
from okng.records import Role
from okng.records.payloads import MasterPartChange
from okng.serve.context import Serving, ServingNow
from okng.serve.observing.logs import request_id_of
from okng.serve.security import Caller, Scope
from okng.serve.waiting import answers
from okng.serve.web.around import FrameNow, answer
from okng.serve.web.callers import ChangerNow, KnownNow, ReviewerNow
from okng.serve.web.frame import Frame
from okng.serve.web.line_guards import line_guards_of
from okng.serve.web.routing import is_fragment, pages
from okng.serve.web.views.masters import Masters
from okng.station import PhotoRequest
from okng.station.oversight import LineGuards
from okng.wording import language

router = pages()
_SEE_OTHER = 303
_Serial = Annotated[str, Form(min_length=1, max_length=200)]
_Text = Annotated[str, Form(max_length=4000)]


@router.get("/master-parts")
def master_parts(frame: FrameNow, serving: ServingNow, caller: KnownNow) -> HTMLResponse:
    """The page of master parts."""
    return _answer("master_parts", frame, serving, caller)


@router.post("/master-parts/add")
def added(
    serving: ServingNow,
    caller: ChangerNow,
    serial: _Serial,
    truth: Annotated[Literal["OK", "NG"], Form()],
    label: Annotated[str, Form(max_length=200)] = "",
    note: _Text = "",
    replaces: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    """Add a master part, or put it in the place of another."""
    change = MasterPartChange(
        action="replaced" if replaces else "added",
        truth=truth,
        label=label.strip() if truth == "NG" else "",
        note=note.strip(),
        replaces=replaces,
    )
    _guards(serving).masters.change(serial.strip(), change, caller.name)
    return _back()


@router.post("/master-parts/retire")
def retired(
    serving: ServingNow, caller: ChangerNow, serial: _Serial, note: _Text = ""
) -> RedirectResponse:
    """Take a master part from the list."""
    change = MasterPartChange(action="retired", note=note.strip())
    _guards(serving).masters.change(serial, change, caller.name)
    return _back()


@router.post("/master-parts/check")
def begun(serving: ServingNow, caller: ReviewerNow) -> RedirectResponse:
    """Begin a check."""
    name, engine = serving.station.models.live()
    _guards(serving).masters.begin(caller.name, model_digest=engine.digest, model_name=name)
    return _back()


@router.post("/master-parts/show")
async def shown(
    request: Request,
    frame: FrameNow,
    serving: ServingNow,
    caller: ReviewerNow,
    serial: _Serial,
    photo: Annotated[UploadFile, File()],
) -> Response:
    """Judge the photo of a master part, as part of the check that has begun."""
    masters = _guards(serving).masters
    data = await photo.read()
    asked = PhotoRequest(
        photo=data,
        serial=serial,
        role=Role.MASTER,
        asked_by=caller.name,
        client=caller.client,
        request_id=request_id_of(request),
    )
    timeout = serving.settings.server.timeout
    (given,) = await answers(request, [serving.station.judge(asked)], timeout)
    masters.show(serial, given.row, preprocess.decode(data))
    if not is_fragment(request):
        return _back()
    return _answer("parts/master_check", frame, serving, caller)


@router.post("/master-parts/finish")
def finished(serving: ServingNow, caller: ReviewerNow) -> RedirectResponse:
    """End the check; parts that were not shown fail it."""
    _guards(serving).masters.finish(caller.name)
    return _back()


def _answer(template: str, frame: Frame, serving: Serving, caller: Caller) -> HTMLResponse:
    guards = _guards(serving)
    _, engine = serving.station.models.live()
    with language(frame.preferences.language):
        shown = Masters.of(guards.masters, engine.digest)
    return answer(
        template, frame, masters=shown, bypass=guards.bypass.current(),
        may_change=Scope.CHANGE in caller.scopes, may_check=Scope.REVIEW in caller.scopes,
    )  # fmt: skip


def _guards(serving: Serving) -> LineGuards:
    return line_guards_of(serving)


def _back() -> RedirectResponse:
    return RedirectResponse("/master-parts", _SEE_OTHER)
