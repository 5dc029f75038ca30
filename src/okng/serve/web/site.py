"""All pages, added to the application of a station."""

from fastapi import FastAPI

from okng.serve.web import assets
from okng.serve.web.pages import (
    audit_log,
    drop,
    figures,
    inspection,
    inspections,
    live,
    preferences,
    review,
)

_PAGES = (live, drop, inspections, inspection, review, figures, audit_log, preferences)


def add_pages(app: FastAPI) -> None:
    """Add the pages and their static files."""
    for page in _PAGES:
        app.include_router(page.router)
    app.mount(assets.PREFIX, assets.Assets(), name="static")
