"""Small pictures of stored photos."""

from typing import cast

from fastapi import Request
from starlette.responses import Response

from okng.errors import MissingError
from okng.serve.context import ServingNow
from okng.serve.web.around import RecordsNow
from okng.serve.web.callers import KnownNow
from okng.serve.web.routing import pages
from okng.serve.web.thumbnails import Thumbnails
from okng.station.heatmaps import photo_of

router = pages()
_FOR_GOOD = {"cache-control": "private, max-age=31536000, immutable"}


@router.get("/thumbnails/{identifier}")
def small(
    request: Request, serving: ServingNow, records: RecordsNow, _caller: KnownNow, identifier: str
) -> Response:
    """The photo of an inspection, small."""
    thumbnails = _thumbnails(request)
    picture = thumbnails.get(identifier)
    if picture is None:
        row = records.inspection(identifier)
        if row is None:
            raise MissingError("There is no such inspection", where=identifier)
        try:
            picture = thumbnails.make(identifier, photo_of(serving.station, row))
        except OSError as exc:
            raise MissingError("The photo cannot be shown small", where=identifier) from exc
    return Response(picture, media_type="image/jpeg", headers=_FOR_GOOD)


def _thumbnails(request: Request) -> Thumbnails:
    """Those of the server, made when first asked for."""
    state = request.app.state
    if getattr(state, "thumbnails", None) is None:
        state.thumbnails = Thumbnails()
    return cast("Thumbnails", state.thumbnails)
