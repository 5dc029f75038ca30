"""The Open Inference Protocol, version 2, under `/v2`.

It is a second door to the same station: what it judges is on record like everything else.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from okng.errors import MissingError, StationError
from okng.inference.frames import Arrival
from okng.serve.context import Serving, ServingNow
from okng.serve.intake import Received
from okng.serve.oip.answering import answered, version_of
from okng.serve.oip.asked import OUTPUTS, Asked, asked_of
from okng.serve.oip.bodies import LENGTH, compressed, decompressed, parts_of
from okng.serve.routes.asking import About, photo_requests
from okng.serve.security import Caller, Scope, require
from okng.serve.waiting import answers
from okng.station import Answer
from okng.station.models import Served

router = APIRouter(prefix="/v2", tags=["open inference protocol"])


class Failed(BaseModel):
    """An error of the protocol."""

    error: str


class ServerMetadata(BaseModel):
    """What the server is."""

    name: str = "okng"
    version: str
    extensions: list[str] = ["binary_tensor_data"]


class Health(BaseModel):
    """Whether it lives and is ready; clients read one of the two."""

    live: bool
    ready: bool


class ModelReady(BaseModel):
    """Whether a model is ready."""

    name: str
    ready: bool


class TensorMetadata(BaseModel):
    """An input or an output; -1 stands for any size."""

    name: str
    datatype: str
    shape: list[int]


class ModelMetadata(BaseModel):
    """What a model takes and gives."""

    name: str
    versions: list[str] = Field(description="The beginning of the digest of the model file.")
    platform: str = "onnx_onnxv1"
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]


class ModelNames(BaseModel):
    """Names of all models."""

    models: list[str]


_FAILED: dict[int | str, dict[str, Any]] = {
    status: {"model": Failed} for status in (400, 401, 403, 404, 413, 415, 429, 503, 504)
}
_TENSOR = {
    "type": "object",
    "required": ["name", "shape", "datatype"],
    "properties": {
        "name": {"type": "string", "enum": ["photo", "photo_bytes"]},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "datatype": {"type": "string", "enum": ["UINT8", "BYTES"]},
        "parameters": {"type": "object"},
        "data": {"type": "array"},
    },
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["inputs"],
                    "properties": {
                        "id": {"type": "string"},
                        "parameters": {"type": "object"},
                        "inputs": {"type": "array", "items": _TENSOR},
                        "outputs": {"type": "array", "items": {"type": "object"}},
                    },
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_known = Depends(require())


@router.get("")
@router.get("/", include_in_schema=False)
async def server() -> ServerMetadata:
    """What the server is, and which extensions it has."""
    return ServerMetadata(version=version("okng"))


@router.get("/health/live")
@router.get("/health/ready", responses={503: {"model": Health}})
async def health(request: Request, serving: ServingNow, response: Response) -> Health:
    """Whether the server lives, and whether it takes photos."""
    is_ready = serving.station.ready
    if not is_ready and request.scope["path"].endswith("ready"):
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Health(live=True, ready=is_ready)


@router.get("/models", dependencies=[_known], responses=_FAILED)
async def models(serving: ServingNow) -> ModelNames:
    """Names of all models; not in the protocol, as KServe has it."""
    return ModelNames(models=[served.name for served in serving.station.models.all()])


@router.get("/models/{name}/ready", dependencies=[_known], responses=_FAILED)
@router.get("/models/{name}/versions/{number}/ready", dependencies=[_known], responses=_FAILED)
async def model_ready(
    serving: ServingNow, name: str, response: Response, number: str | None = None
) -> ModelReady:
    """Whether a model is ready."""
    _served(serving, name, number)
    if not serving.station.ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return ModelReady(name=name, ready=serving.station.ready)


@router.get("/models/{name}", dependencies=[_known], responses=_FAILED)
@router.get("/models/{name}/versions/{number}", dependencies=[_known], responses=_FAILED)
async def model(serving: ServingNow, name: str, number: str | None = None) -> ModelMetadata:
    """What a model takes and gives."""
    served = _served(serving, name, number)
    classes = len(served.engine.metadata.classes)
    shapes = {"probabilities": [-1, classes]}
    texts = {"verdict", "class", "inspection_id"}
    return ModelMetadata(
        name=name,
        versions=[version_of(served.engine.digest)],
        inputs=[
            TensorMetadata(name="photo", datatype="UINT8", shape=[-1, -1, -1, 3]),
            TensorMetadata(name="photo_bytes", datatype="BYTES", shape=[-1]),
        ],
        outputs=[
            TensorMetadata(
                name=output,
                datatype="BYTES" if output in texts else "FP32",
                shape=shapes.get(output, [-1]),
            )
            for output in OUTPUTS
        ],
    )


@router.post("/models/{name}/infer", responses=_FAILED, openapi_extra=_BODY)
@router.post("/models/{name}/versions/{number}/infer", responses=_FAILED, openapi_extra=_BODY)
async def infer(
    request: Request,
    serving: ServingNow,
    caller: Annotated[Caller, Depends(require(Scope.JUDGE))],
    name: str,
    number: str | None = None,
) -> Response:
    """Judge photos. Give one input: `photo`, or `photo_bytes` with the bytes of image files.

    Parameters `serial`, `batch`, `product`, `station` and `idempotency_key` go on record.
    """
    _served(serving, name, number)
    return await judge_tensors(request, serving, caller, name, request.headers.get(LENGTH), {})


async def judge_tensors(
    request: Request,
    serving: Serving,
    caller: Caller,
    name: str,
    length: str | None,
    about: Mapping[str, str],
) -> Response:
    """Judge the photos of an inference request.

    Args:
        request: whose body was not read yet.
        serving: of the station.
        caller: who asks.
        name: of the model.
        length: of the JSON part; None where the whole body is JSON.
        about: what is known of the photos beside the parameters of the request.
    """
    served = serving.station.models.live(name)
    body, arrival = await request.body(), Arrival.now()
    asked = await run_in_threadpool(_asked, request, serving, body, length)
    given = {**about, **{k: v for k, v in asked.about.items() if k in About.model_fields}}
    fields = {name: [value] for name, value in {**given, "model": served.name}.items()}
    received = Received(asked.photos, fields, arrival)
    nothing, key = About.model_validate({}), request.headers.get("idempotency-key")
    requests = photo_requests(request, serving, caller, received, nothing, key)
    futures = serving.station.judge_all(requests)
    results = await answers(request, futures, serving.settings.server.timeout)
    return _answer(request, served, asked, results)


def _served(serving: Serving, name: str, number: str | None) -> Served:
    served = serving.station.models.live(name)
    if number is not None and number != version_of(served.engine.digest):
        raise MissingError(
            f"The model {name!r} has no version {number[:40]!r}",
            allowed=version_of(served.engine.digest),
            hint="Leave the version out.",
        )
    return served


def _asked(request: Request, serving: Serving, body: bytes, length: str | None) -> Asked:
    server, encoding = serving.settings.server, request.headers.get("content-encoding")
    plain = decompressed(body, encoding, int(server.body_mb * 1e6))
    most = min(server.queue, server.client_queue)
    return asked_of(parts_of(plain, length), most=most, pixels=server.pixels_mp * 1e6)


def _answer(request: Request, served: Served, asked: Asked, results: Sequence[Answer]) -> Response:
    rows = [result.row for result in results]
    for place, row in enumerate(rows):
        if row.verdict == "ERROR":
            raise StationError(
                f"Photo {place} cannot be judged: {row.error_code}",
                hint=f"It is on record as {row.id}. Send the others without it.",
            )
    answer = answered(served, asked.id, rows, asked.outputs)
    body, encoding = compressed(answer.body, request.headers.get("accept-encoding"))
    headers = {} if encoding is None else {"Content-Encoding": encoding, "Vary": "Accept-Encoding"}
    if answer.length is None:
        return Response(body, media_type="application/json", headers=headers)
    headers[LENGTH] = str(answer.length)
    return Response(body, media_type="application/octet-stream", headers=headers)
