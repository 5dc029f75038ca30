"""`/ping` and `/invocations`, as Amazon SageMaker asks a container."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from okng.serve.context import ServingNow
from okng.serve.intake import Received, receive
from okng.serve.problems import responses
from okng.serve.routes.asking import About, photo_requests
from okng.serve.routes.oip import judge_tensors
from okng.serve.sagemaker import JSON, accepted, carried, concurrent_transforms
from okng.serve.schemas import InspectionBody
from okng.serve.security import Caller, Scope, require
from okng.serve.waiting import answers

router = APIRouter(tags=["sagemaker"])

_TENSORS = ("application/json", "application/vnd.sagemaker-triton.binary+json")
_SIZE = "json-header-size="


class ExecutionParameters(BaseModel):
    """What a batch transform asks a container before it begins."""

    model_config = ConfigDict(populate_by_name=True)

    concurrent: int = Field(alias="MaxConcurrentTransforms", description="Requests at once.")
    strategy: str = Field("SINGLE_RECORD", alias="BatchStrategy", description="A photo a request.")
    payload_mb: int = Field(alias="MaxPayloadInMB", description="Of a request, in MB of 2^20.")


@router.get("/ping", response_class=Response, responses={503: {"description": "Not ready."}})
async def ping(serving: ServingNow) -> Response:
    """An empty answer: 200 where the station takes photos."""
    is_ready = serving.station.ready
    return Response(status_code=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


@router.post(
    "/invocations",
    response_model=InspectionBody,
    responses={**responses(400, 401, 403, 406, 408, 409, 413, 415, 422, 429, 503, 504)},
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
) -> Response:
    """Judge a photo: the bytes of an image file, or a request of the Open Inference Protocol.

    The answer is JSON, or a line of it for `Accept: application/jsonlines`.
    """
    about = carried(request.headers)
    kind = request.headers.get("content-type", "").strip().lower()
    if kind.startswith(_TENSORS):
        name = serving.station.models.live(about.get("model")).name
        return await judge_tensors(request, serving, caller, name, _length(kind), about)
    form = accepted(request.headers.get("accept"))
    received = await receive(request, most=1)
    fields = {**{name: [value] for name, value in about.items()}, **received.fields}
    received = Received(received.photos, fields, received.arrival)
    nothing = About.model_validate({})
    (asked,) = photo_requests(request, serving, caller, received, nothing, None)
    futures = [serving.station.judge(asked)]
    (answer,) = await answers(request, futures, serving.settings.server.timeout)
    text = InspectionBody.of(answer.row).model_dump_json(by_alias=True)
    return Response(text if form == JSON else f"{text}\n", media_type=form)


@router.get(
    "/execution-parameters",
    dependencies=[Depends(require())],
    responses={**responses(401, 403)},
)
async def execution_parameters(serving: ServingNow) -> ExecutionParameters:
    """How a batch transform shall ask, where the job leaves it open: one photo a request."""
    server = serving.settings.server
    return ExecutionParameters(
        concurrent=concurrent_transforms(server.queue),
        payload_mb=max(1, round(server.body_mb * 1e6) >> 20),
    )


def _length(kind: str) -> str | None:
    """The length of the JSON part, which Triton's clients state in the type for SageMaker."""
    _, mark, size = kind.partition(_SIZE)
    return size.partition(";")[0].strip() if mark else None
