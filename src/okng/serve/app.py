"""The application: middlewares, handlers of errors, and routes."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from importlib.metadata import version
from types import ModuleType

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import Message, Scope

from okng.serve.body_limit import BodyLimit
from okng.serve.context import Serving
from okng.serve.observing.metrics import Metrics
from okng.serve.observing.requests import Observed, RouteNoted
from okng.serve.observing.tracing import Traced, is_traced
from okng.serve.problems import add_handlers, answer
from okng.serve.routes import health, judging, oip, sagemaker
from okng.serve.security import Guard, Rates, protect

_IN_SAGEMAKER = (
    "A real-time endpoint takes no more; a batch transform has MaxPayloadInMB, and asynchronous "
    "inference OKNG_SERVER__BODY_MB."
)


class Offer(Enum):
    """Which routes an application has."""

    STATION = ((), None)
    CONTAINER = ((sagemaker, oip, health), _IN_SAGEMAKER)
    FUNCTION = ((sagemaker, judging, oip, health), "AWS Lambda takes no more of one request.")

    def __init__(self, modules: Sequence[ModuleType], limited: str | None) -> None:
        self._modules, self.limited = modules, limited

    @property
    def modules(self) -> Sequence[ModuleType]:
        """Of the routes; those of the station are imported where they are offered."""
        return self._modules or _of_station()


def create_app(serving: Serving, *, offer: Offer = Offer.STATION) -> FastAPI:
    """The application of a station.

    Args:
        serving: what its routes share.
        offer: all routes with the pages, or only those that judge: for SageMaker and AWS Lambda,
            where nobody logs in.

    Raises:
        ConfigError: a setting of the server is not valid.
    """
    app = _with_routes(offer.modules)
    app.state.serving = serving
    add_handlers(app)
    if offer is Offer.STATION:
        from okng.serve.web.site import add_pages  # noqa: PLC0415 - a function has no pages

        add_pages(app)
    server = serving.settings.server
    if is_traced():
        app.add_middleware(Traced)
    app.add_middleware(RouteNoted)
    app.add_middleware(BodyLimit, most=round(server.body_mb * 1e6), hint=offer.limited)
    guard = Guard(serving.accounts, Rates(server.rate_limit))
    protect(app, server, guard, answer)
    app.state.metrics = Metrics(serving)
    app.add_middleware(Observed, metrics=app.state.metrics)
    return app


def build_routes(app: FastAPI) -> None:
    """Let FastAPI build what it builds at the first request, which would wait for it (0.3 s)."""
    nowhere: Scope = {"type": "http", "method": "GET", "path": "/-", "headers": [], "app": app,
                      "query_string": b"", "root_path": ""}  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_message: Message) -> None:
        return

    with suppress(HTTPException):  # 404, after it has tried every route
        asyncio.run(app.router(nowhere, receive, send))


def openapi_text() -> str:
    """The description of all routes for programs, OpenAPI 3.1 in JSON.

    Without the version of okng, which would change it with every release.
    """
    app = _with_routes(Offer.STATION.modules)
    app.version = "1"
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"


def _of_station() -> Sequence[ModuleType]:
    from okng.serve.routes import (  # noqa: PLC0415 - a cold start waits for every import
        chains,
        drift,
        events,
        inspections,
        models,
        signatures,
        statistics,
        triggers,
    )
    from okng.serve.routes.oversight import bypass, camera, masters  # noqa: PLC0415

    return (
        judging, inspections, models, signatures, statistics, masters, bypass, camera, drift,
        events, oip, sagemaker, triggers, health, chains,
    )  # fmt: skip


def _with_routes(modules: Sequence[ModuleType]) -> FastAPI:
    app = FastAPI(
        title="okng station",
        summary="Judges photos of parts and puts every verdict on record.",
        version=version("okng"),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    for module in modules:
        app.include_router(module.router)
    return app
