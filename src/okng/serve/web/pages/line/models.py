"""Models: which judge, what their tests proved, and the change of a threshold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from fastapi import Form
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from okng.errors import MissingError
from okng.modelfile import ModelFile, OperatingPointChange
from okng.records import Kind
from okng.serve.context import Serving, ServingNow
from okng.serve.security import Scope
from okng.serve.security.sandbox import sandbox_headers
from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.callers import ChangerNow, KnownNow
from okng.serve.web.routing import pages
from okng.serve.web.views.history import lines
from okng.serve.web.views.models import ShownGate, ShownModel
from okng.station import Station
from okng.station.documents import Document
from okng.wording import language

router = pages()
ReasonGiven = Annotated[str, Form(max_length=4000)]
_SEE_OTHER = 303
_CHANGES = (Kind.MODEL_CHANGE, Kind.PROMOTION, Kind.THRESHOLD_CHANGE)
_SHORT = 12  # digits of a digest in the name of a file that is stored
_LAST = 20  # changes that the page shows; the audit log has all


@router.get("/models")
def models(
    frame: FrameNow, serving: ServingNow, records: RecordsNow, caller: KnownNow
) -> HTMLResponse:
    """The page of models."""
    promotion, live = serving.station.promotion, serving.station.models.all()
    entries = records.entries_page(kinds=_CHANGES, station=serving.station.name, limit=_LAST)
    gated = promotion.gated()
    with language(frame.preferences.language):
        history = lines(entries.rows)
        gate = None if gated is None else ShownGate.of(gated, live)
    return answer(
        "models",
        frame,
        models=_shown(serving),
        history=history,
        may_change=Scope.CHANGE in caller.scopes,
        left_out=serving.station.shadow.left_out,
        gate=gate,
        promoted=[each.name for each in live if promotion.can_roll_back(each.name)],
    )


@router.post("/models/{name}/threshold")
def changed(
    serving: ServingNow,
    caller: ChangerNow,
    name: str,
    reason: ReasonGiven,
    threshold: Annotated[float | None, Form(ge=0, le=1)] = None,
    low: Annotated[float | None, Form(ge=0, le=1)] = None,
    high: Annotated[float | None, Form(ge=0, le=1)] = None,
) -> RedirectResponse:
    """Change the threshold of a model, and its review band if both ends are given."""
    band = None if low is None or high is None else (low, high)
    change = OperatingPointChange(
        reason=reason, threshold=threshold, review=band, drop_review=band is None
    )
    serving.station.changes.set_operating_point(name, change, by=caller.name)
    return RedirectResponse("/models", _SEE_OTHER)


@router.post("/models/{name}/promotion")
def promoted(
    serving: ServingNow, caller: ChangerNow, name: str, reason: ReasonGiven
) -> RedirectResponse:
    """Let the shadow decide in place of a model."""
    serving.station.promotion.promote(name, by=caller.name, reason=reason)
    return RedirectResponse("/models", _SEE_OTHER)


@router.post("/models/{name}/roll-back")
def rolled_back(
    serving: ServingNow, caller: ChangerNow, name: str, reason: ReasonGiven
) -> RedirectResponse:
    """Let the model decide again that the last promotion replaced."""
    serving.station.promotion.roll_back(name, by=caller.name, reason=reason)
    return RedirectResponse("/models", _SEE_OTHER)


@router.get("/models/{digest}/documents/{name}")
def document(serving: ServingNow, _caller: KnownNow, digest: str, name: str) -> Response:
    """A document of a loaded model: the report to be read, the others to be stored."""
    path = _document(serving.station, digest, name)
    if name != Document.REPORT:
        return FileResponse(path, filename=f"{digest[:_SHORT]}-{name}")
    page = path.read_bytes()
    return HTMLResponse(page, headers=sandbox_headers(page))


def _shown(serving: Serving) -> list[ShownModel]:
    documents = serving.station.models.documents
    return [
        ShownModel.of(name, file, documents.of(file.metadata), is_shadow=is_shadow)
        for name, file, is_shadow in _loaded(serving.station)
    ]


def _loaded(station: Station) -> Iterator[tuple[str, ModelFile, bool]]:
    """Name and file of each model, and whether it is the shadow."""
    for name, engine in station.models.all():
        yield name, engine.file, False
    shadow = station.shadow.engine
    if shadow is not None:
        yield shadow.metadata.name, shadow.file, True


def _document(station: Station, digest: str, name: str) -> Path:
    """The path of a document of a loaded model.

    Raises:
        MissingError: there is none.
    """
    for _, file, _ in _loaded(station):
        if file.digest == digest:
            for document, path in station.models.documents.of(file.metadata).items():
                if document == name:
                    return path
    raise MissingError(
        "There is no such document of a model of this station",
        where=name,
        hint="Start the station with the model file in its run folder; the page of models shows "
        "what is there.",
    )
