"""The application: middlewares, handlers of errors, and routes."""

import json
from collections.abc import Sequence
from importlib.metadata import version
from types import ModuleType

from fastapi import FastAPI

from okng.serve.body_limit import BodyLimit
from okng.serve.context import Serving
from okng.serve.metrics import Metrics
from okng.serve.observing import Observed, RouteNoted
from okng.serve.problems import add_handlers, answer
from okng.serve.routes import (
    bypass,
    camera,
    chains,
    drift,
    events,
    health,
    inspections,
    judging,
    masters,
    models,
    oip,
    sagemaker,
    signatures,
    statistics,
    triggers,
)
from okng.serve.security import Guard, Rates, protect
from okng.serve.tracing import Traced, is_traced
from okng.serve.web.site import add_pages

_ROUTES = (
    judging, inspections, models, signatures, statistics, masters, bypass, camera, drift, events,
    oip, sagemaker, triggers, health, chains,
)  # fmt: skip
_CONTAINER = (sagemaker, oip, health)


def create_app(serving: Serving, *, container: bool = False) -> FastAPI:
    """The application of a station.

    Args:
        serving: what its routes share.
        container: only the routes that SageMaker needs, since nobody logs in there.

    Raises:
        ConfigError: a setting of the server is not valid.
    """
    app = _with_routes(_CONTAINER if container else _ROUTES)
    app.state.serving = serving
    add_handlers(app)
    if not container:
        add_pages(app)
    server = serving.settings.server
    if is_traced():
        app.add_middleware(Traced)
    app.add_middleware(RouteNoted)
    app.add_middleware(BodyLimit, most=int(server.body_mb * 1e6))
    guard = Guard(serving.accounts, Rates(server.rate_limit))
    protect(app, server, guard, answer)
    app.state.metrics = Metrics(serving)
    app.add_middleware(Observed, metrics=app.state.metrics)
    return app


def openapi_text() -> str:
    """The description of all routes for programs, OpenAPI 3.1 in JSON.

    Without the version of okng, which would change it with every release.
    """
    app = _with_routes(_ROUTES)
    app.version = "1"
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"


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
