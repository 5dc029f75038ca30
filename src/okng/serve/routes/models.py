"""Models of the station: list, exchange, thresholds, the shadow."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool

from okng import modelfile
from okng.errors import ModelFileError, StationError
from okng.modelfile import ModelFile, OperatingPointChange
from okng.runs import layout
from okng.serve.context import Serving, ServingNow
from okng.serve.problems import responses
from okng.serve.schemas import ModelBody, OperatingPointGiven
from okng.serve.security import Caller, Scope, require

router = APIRouter(prefix="/api/v1/models", tags=["models"])

_REFUSALS = responses(400, 401, 403, 404, 413, 422, 503)
_FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Admin = Annotated[Caller, Depends(require(Scope.ADMIN))]
Changer = Annotated[Caller, Depends(require(Scope.CHANGE))]
Reason = Annotated[str, Query(min_length=1, max_length=4000, description="Why; goes on record.")]


@router.get("", dependencies=[Depends(require())], responses={**responses(401)})
def models(serving: ServingNow) -> list[ModelBody]:
    """The models that decide, in their order, and the shadow behind them."""
    return _models(serving)


@router.put("/shadow", responses={**_REFUSALS}, openapi_extra=_FILE)
async def set_shadow(
    request: Request, serving: ServingNow, caller: Admin, reason: Reason
) -> list[ModelBody]:
    """Let a model file judge beside the others; it does not decide."""
    data = await request.body()

    def change() -> None:
        with _model_file(data) as file:
            serving.station.changes.set_shadow(file, by=caller.name, reason=reason)

    await run_in_threadpool(change)
    return _models(serving)


@router.delete("/shadow", responses={**_REFUSALS})
def end_shadow(serving: ServingNow, caller: Admin, reason: Reason) -> list[ModelBody]:
    """End the shadow."""
    serving.station.changes.set_shadow(None, by=caller.name, reason=reason)
    return _models(serving)


@router.put("/{name}", responses={**_REFUSALS}, openapi_extra=_FILE)
async def swap(
    request: Request, serving: ServingNow, caller: Admin, name: str, reason: Reason
) -> list[ModelBody]:
    """Let another model file decide in place of one, without a pause."""
    data = await request.body()

    def change() -> None:
        with _model_file(data) as file:
            serving.station.changes.swap(name, file, by=caller.name, reason=reason)

    await run_in_threadpool(change)
    return _models(serving)


@router.put("/{name}/operating-point", responses={**_REFUSALS})
def set_operating_point(
    serving: ServingNow, caller: Changer, name: str, given: OperatingPointGiven
) -> list[ModelBody]:
    """Change threshold, review band or limit of a model, from the next photo on."""
    change = OperatingPointChange(
        reason=given.reason,
        threshold=given.threshold,
        review=given.review,
        drop_review=given.drop_review,
        unfamiliar_limit=given.unfamiliar_limit,
    )
    serving.station.changes.set_operating_point(name, change, by=caller.name)
    return _models(serving)


@router.post("/{name}/promotion", responses={**_REFUSALS})
def promote(serving: ServingNow, caller: Changer, name: str, reason: Reason) -> list[ModelBody]:
    """Let the shadow decide in place of a model, if it has passed the gate of `okng retrain`."""
    serving.station.promotion.promote(name, by=caller.name, reason=reason)
    return _models(serving)


@router.post("/{name}/roll-back", responses={**_REFUSALS})
def roll_back(serving: ServingNow, caller: Changer, name: str, reason: Reason) -> list[ModelBody]:
    """Let the model decide again that the last promotion replaced."""
    serving.station.promotion.roll_back(name, by=caller.name, reason=reason)
    return _models(serving)


def _models(serving: Serving) -> list[ModelBody]:
    station = serving.station
    bodies = [ModelBody.of(name, "live", engine) for name, engine in station.models.all()]
    shadow = station.shadow.engine
    if shadow is not None:
        bodies.append(ModelBody.of(shadow.metadata.name, "shadow", shadow))
    return bodies


@contextmanager
def _model_file(data: bytes) -> Iterator[ModelFile]:
    """A model file from the body of a request, read and checked."""
    if not data:
        raise StationError("The request has no model file", hint="Send its bytes.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / layout.MODEL
        path.write_bytes(data)
        try:
            file = modelfile.read(path)
        except ModelFileError as exc:
            # Here the request is at fault, not the station's own model.
            raise StationError(exc.what, allowed=exc.allowed, hint=exc.hint, code=exc.code) from exc
        yield file
