"""All pages, added to the application of a station."""

from fastapi import FastAPI

from okng.serve.web import assets
from okng.serve.web.pages import (
    audit_log,
    drop,
    figures,
    inspection,
    inspections,
    inspections_csv,
    live,
    preferences,
    review,
    thumbnails,
)
from okng.serve.web.pages.accounts import login, password, setup, signature, users
from okng.serve.web.pages.line import bypass, camera, master_parts, models
from okng.serve.web.routing import refused

_PAGES = (
    live, drop, inspections, inspections_csv, inspection, review, figures, master_parts, bypass,
    models, camera, audit_log, thumbnails, preferences, login, setup, password, signature, users,
)  # fmt: skip


def add_pages(app: FastAPI) -> None:
    """Add the pages and their static files, and a page for errors of whatever a browser asks."""
    app.state.error_page = refused
    for page in _PAGES:
        app.include_router(page.router)
    app.mount(assets.PREFIX, assets.Assets(), name="static")
