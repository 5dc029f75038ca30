"""Drop a photo: the verdict on a photo of the reader's."""

from typing import Annotated

from fastapi import File, Form, Request, UploadFile
from starlette.responses import HTMLResponse

from okng.inference.frames import Arrival
from okng.serve.context import ServingNow
from okng.serve.observing.logs import request_id_of
from okng.serve.schemas import SERIAL
from okng.serve.waiting import answers
from okng.serve.web.around import FrameNow, answer
from okng.serve.web.callers import JudgeNow
from okng.serve.web.routing import is_fragment, pages
from okng.station import PhotoRequest

router = pages()
_Text = Annotated[str, Form(max_length=SERIAL)]


@router.get("/drop")
def drop(frame: FrameNow) -> HTMLResponse:
    """The page for a photo."""
    return answer("drop", frame, row=None)


@router.post("/drop")
async def dropped(
    request: Request,
    frame: FrameNow,
    serving: ServingNow,
    caller: JudgeNow,
    photo: Annotated[UploadFile, File()],
    serial: _Text = "",
    batch: _Text = "",
) -> HTMLResponse:
    """Judge a photo, on record like one of the line."""
    arrival = Arrival.now()
    asked = PhotoRequest(
        photo=await photo.read(),
        serial=serial.strip() or None,
        batch=batch.strip() or None,
        product=serving.settings.station.product,
        asked_by=caller.name,
        client=caller.client,
        request_id=request_id_of(request),
        arrival=arrival,
    )
    timeout = serving.settings.server.timeout
    (given,) = await answers(request, [serving.station.judge(asked)], timeout)
    return answer("parts/drop_result" if is_fragment(request) else "drop", frame, row=given.row)
