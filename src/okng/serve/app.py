"""The application: middlewares, handlers of errors, and routes."""

from importlib.metadata import version

from fastapi import FastAPI

from okng.serve.body_limit import BodyLimit
from okng.serve.context import Serving
from okng.serve.metrics import Metrics
from okng.serve.observing import Observed, RouteNoted
from okng.serve.problems import add_handlers, answer
from okng.serve.routes import (
    events,
    health,
    inspections,
    judging,
    models,
    oip,
    sagemaker,
    signatures,
    statistics,
)
from okng.serve.security import Guard, Rates, protect
from okng.serve.tracing import Traced, is_traced
from okng.serve.web.site import add_pages

_ROUTES = (judging, inspections, models, signatures, statistics, events, oip, sagemaker, health)
_CONTAINER = (sagemaker, oip, health)


def create_app(serving: Serving, *, container: bool = False) -> FastAPI:
    """The application of a station.

    Args:
        serving: what its routes share.
        container: only the routes that SageMaker needs, since nobody logs in there.

    Raises:
        ConfigError: a setting of the server is not valid.
    """
    app = FastAPI(
        title="okng station",
        summary="Judges photos of parts and puts every verdict on record.",
        version=version("okng"),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.serving = serving
    add_handlers(app)
    for module in _CONTAINER if container else _ROUTES:
        app.include_router(module.router)
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
