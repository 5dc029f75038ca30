"""Whether the process runs, and whether the station takes photos."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from okng.serve.context import ServingNow
from okng.serve.schemas import Alive, Ready

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
