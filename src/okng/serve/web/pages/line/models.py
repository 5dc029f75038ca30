"""Models: which judge, what their tests proved, and the change of a threshold."""

from typing import Annotated

from fastapi import Form
from starlette.responses import HTMLResponse, RedirectResponse

from okng.modelfile import OperatingPointChange
from okng.records import Kind
from okng.serve.context import Serving, ServingNow
from okng.serve.security import Scope
from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.callers import ChangerNow, KnownNow
from okng.serve.web.routing import pages
from okng.serve.web.views.history import lines
from okng.serve.web.views.models import ShownModel
from okng.wording import language

router = pages()
_SEE_OTHER = 303
_CHANGES = (Kind.MODEL_CHANGE, Kind.THRESHOLD_CHANGE)
_LAST = 20  # changes that the page shows; the audit log has all


@router.get("/models")
def models(
    frame: FrameNow, serving: ServingNow, records: RecordsNow, caller: KnownNow
) -> HTMLResponse:
    """The page of models."""
    entries = records.entries_page(kinds=_CHANGES, station=serving.station.name, limit=_LAST)
    with language(frame.preferences.language):
        history = lines(entries.rows)
    return answer(
        "models",
        frame,
        models=_shown(serving),
        history=history,
        may_change=Scope.CHANGE in caller.scopes,
        left_out=serving.station.shadow.left_out,
    )


@router.post("/models/{name}/threshold")
def changed(
    serving: ServingNow,
    caller: ChangerNow,
    name: str,
    reason: Annotated[str, Form(max_length=4000)],
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


def _shown(serving: Serving) -> list[ShownModel]:
    station = serving.station
    shown = [ShownModel.of(name, engine.file) for name, engine in station.models.all()]
    shadow = station.shadow.engine
    if shadow is not None:
        shown.append(ShownModel.of(shadow.metadata.name, shadow.file, is_shadow=True))
    return shown
