"""Refuses paths that two programs could read in two ways."""

import re

from starlette.requests import Request

from okng.errors import StationError
from okng.serve.security.refusal import Middleware

LONGEST = 4096
"""Bytes."""
_ENCODED = re.compile(rb"%(2f|5c|00|2e)", re.IGNORECASE)
_ODD = re.compile(r"//|\\|[\x00-\x1f\x7f\ufffd]|/\.{1,2}(/|$)")


class PlainPaths(Middleware):
    """Refuses paths in absolute form, with `//`, `..`, backslashes, or separators in disguise.

    A proxy in front may apply its rules to another reading of such a path than the router here.
    No address of this server needs one.
    """

    def check(self, request: Request) -> None:
        """See `Middleware.check`."""
        raw, path = request.scope.get("raw_path") or b"/", request.scope["path"]
        plain = raw.startswith(b"/") and path.startswith("/") and len(raw) <= LONGEST
        if plain and not _ENCODED.search(raw) and not _ODD.search(path):
            return
        raise StationError(
            "The path of the request is not plain",
            allowed="a path such as /api/v1/inspections: no host, `//`, `..`, `\\`, `%2f` or `%2e`",
            hint="Send the path as the documentation has it.",
        )
