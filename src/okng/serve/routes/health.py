"""Whether the process runs, whether the station takes photos, and its metrics."""

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from okng.serve.context import ServingNow
from okng.serve.schemas import Alive, Ready

if TYPE_CHECKING:
    from okng.serve.metrics import Metrics

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> Alive:
    """Answer as long as the process runs."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready}})
async def ready(serving: ServingNow, response: Response) -> Ready:
    """Whether the station takes photos."""
    station = serving.station
    faults, is_ready = station.faults(), station.ready
    if not is_ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Ready(
        status="ready" if is_ready else "not ready",
        station=station.name,
        models=[served.name for served in station.models.all()],
        faults=[code.value for code in faults],
    )


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Metrics for Prometheus."""
    registry = cast("Metrics", request.app.state.metrics).registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
