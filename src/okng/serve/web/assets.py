"""Addresses of static files, with a digest: browsers store them for ever, and get new ones."""

import hashlib
from functools import cache
from importlib.resources import files

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PREFIX = "/static"
_DIGITS = 10  # of the digest: enough to tell two versions of a file apart
_FOR_EVER = "public, max-age=31536000, immutable"  # a year in seconds, the longest that is allowed


@cache
def asset(name: str) -> str:
    """The address of a static file.

    Args:
        name: its path below `static/`.
    """
    content = files("okng.serve.web").joinpath("static", name).read_bytes()
    return f"{PREFIX}/{name}?v={hashlib.sha256(content).hexdigest()[:_DIGITS]}"


class Assets(StaticFiles):
    """Static files of the package; an address with a digest may be stored for ever."""

    def __init__(self) -> None:
        super().__init__(packages=[("okng.serve.web", "static")])

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with the time that it may be stored."""
        response = await super().get_response(path, scope)
        if b"v=" in scope.get("query_string", b"") and response.status_code in {200, 304}:
            MutableHeaders(raw=response.raw_headers)["cache-control"] = _FOR_EVER
        return response
