"""The application: middlewares, handlers of errors, and routes."""

from importlib.metadata import version

from fastapi import FastAPI

from okng.serve.body_limit import BodyLimit
from okng.serve.context import Serving
from okng.serve.logs import RequestIds
from okng.serve.problems import add_handlers, answer
from okng.serve.routes import (
    events,
    health,
    inspections,
    judging,
    models,
    oip,
    signatures,
    statistics,
)
from okng.serve.security import Guard, Rates, protect
from okng.serve.web.site import add_pages

_ROUTES = (judging, inspections, models, signatures, statistics, events, oip, health)


def create_app(serving: Serving) -> FastAPI:
    """The application of a station.

    Args:
        serving: what its routes share.

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
    for module in _ROUTES:
        app.include_router(module.router)
    add_pages(app)
    server = serving.settings.server
    app.add_middleware(BodyLimit, most=int(server.body_mb * 1e6))
    guard = Guard(serving.accounts, Rates(server.rate_limit))
    protect(app, server, guard, answer)
    app.add_middleware(RequestIds)
    return app
