"""`/ping` and `/invocations`, as Amazon SageMaker asks a container."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from okng.serve.context import ServingNow
from okng.serve.intake import Received, receive
from okng.serve.problems import responses
from okng.serve.routes.asking import About, photo_requests
from okng.serve.routes.oip import judge_tensors
from okng.serve.sagemaker import carried
from okng.serve.schemas import InspectionBody
from okng.serve.security import Caller, Scope, require
from okng.serve.waiting import answers

router = APIRouter(tags=["sagemaker"])

_TENSORS = ("application/json", "application/vnd.sagemaker-triton.binary+json")
_SIZE = "json-header-size="


@router.get("/ping", response_class=Response, responses={503: {"description": "Not ready."}})
async def ping(serving: ServingNow) -> Response:
    """An empty answer: 200 where the station takes photos."""
    is_ready = serving.station.ready
    return Response(status_code=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


@router.post(
    "/invocations",
    response_model=InspectionBody,
    responses={**responses(400, 401, 403, 408, 409, 413, 415, 422, 429, 503, 504)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def invocations(
    request: Request,
    serving: ServingNow,
    caller: Annotated[Caller, Depends(require(Scope.JUDGE))],
) -> InspectionBody | Response:
    """Judge a photo: the bytes of an image file, or a request of the Open Inference Protocol."""
    about = carried(request.headers)
    kind = request.headers.get("content-type", "").strip().lower()
    if kind.startswith(_TENSORS):
        name = serving.station.models.live(about.get("model")).name
        return await judge_tensors(request, serving, caller, name, _length(kind), about)
    received = await receive(request, most=1)
    fields = {**{name: [value] for name, value in about.items()}, **received.fields}
    received = Received(received.photos, fields, received.arrival)
    nothing = About.model_validate({})
    (asked,) = photo_requests(request, serving, caller, received, nothing, None)
    futures = [serving.station.judge(asked)]
    (answer,) = await answers(request, futures, serving.settings.server.timeout)
    return InspectionBody.of(answer.row)


def _length(kind: str) -> str | None:
    """The length of the JSON part, which Triton's clients state in the type for SageMaker."""
    _, mark, size = kind.partition(_SIZE)
    return size.partition(";")[0].strip() if mark else None
