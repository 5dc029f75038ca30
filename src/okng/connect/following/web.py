"""A file by HTTP: asked for with the ETag of before, so that an unchanged one is not sent."""

import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, BinaryIO, cast

from okng.connect.following.contents import Content, broken

_SECONDS = 30.0
"""Of silence, after which the other side is given up."""
_VALIDATORS = {"etag": "If-None-Match", "date": "If-Modified-Since"}


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only from https to https: the model must come over what was asked for."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The request that follows a redirect."""
        if req.type == "https" and not newurl.startswith("https://"):
            raise broken(req.full_url, "the server redirects from https to another scheme")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def opened_page(url: str, known: str) -> Content | None:
    """The file of an address; None where it is the known one.

    Raises:
        ConnectError: the server cannot be reached, or refuses it.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "okng"})  # noqa: S310 - checked
    kind, _, value = known.partition(" ")
    if kind in _VALIDATORS:
        request.add_header(_VALIDATORS[kind], value)
    opener = urllib.request.build_opener(_SameScheme)
    try:
        answer = opener.open(request, timeout=_SECONDS)
    except urllib.error.HTTPError as exc:
        with exc:
            if exc.code == HTTPStatus.NOT_MODIFIED:
                return None
            raise broken(url, f"the server answers {exc.code} {exc.reason}") from exc
    except (OSError, ValueError, HTTPException) as exc:
        reason = getattr(exc, "reason", None) or exc
        raise broken(url, str(reason) or type(exc).__name__) from exc
    length = answer.headers.get("Content-Length", "")
    version = _version(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
    if version and version == known:  # a server that knows no conditions
        answer.close()
        return None
    return Content(version, cast("BinaryIO", answer), int(length) if length.isdecimal() else None)


def _version(etag: str | None, date: str | None) -> str:
    """Empty where the server states none: then each look fetches it anew."""
    return f"etag {etag}" if etag else f"date {date}" if date else ""
