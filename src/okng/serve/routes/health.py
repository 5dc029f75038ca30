"""Whether the process runs, whether the station takes photos, and its metrics."""

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from okng.config.station import MetricsReaders
from okng.error_codes import Code
from okng.serve.context import ServingNow
from okng.serve.problems import responses
from okng.serve.schemas import Alive, Ready
from okng.serve.security.forwarded import is_local
from okng.serve.security.guard import guard_of
from okng.station.masters import Consequence
from okng.station.oversight import LineGuards

if TYPE_CHECKING:
    from okng.serve.observing.metrics import Metrics

router = APIRouter(tags=["health"])


def blocked(guards: LineGuards | None) -> list[Code]:
    """The code of a station that refuses the line; nothing of one that does not."""
    closed = guards is not None and guards.state().consequence is Consequence.BLOCK
    return [Code.STATION_BLOCKED] if closed else []


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
        # A blocked station is ready: its page is where a person shows the master parts.
        faults=[code.value for code in (*faults, *blocked(station.guards))],
    )


async def _metrics_reader(request: Request, serving: ServingNow) -> None:
    """Refuses whoever may not read the metrics without a key.

    Raises:
        DeniedError: there is no valid key and no login.
    """
    readers = serving.settings.server.metrics
    local = readers is MetricsReaders.LOCAL and is_local(request)
    if readers is not MetricsReaders.OPEN and not local:
        await guard_of(request).caller(request)


@router.get("/metrics", response_class=Response, dependencies=[Depends(_metrics_reader)],
            responses={**responses(401)})  # fmt: skip
def metrics(request: Request) -> Response:
    """Metrics for Prometheus."""
    registry = cast("Metrics", request.app.state.metrics).registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
