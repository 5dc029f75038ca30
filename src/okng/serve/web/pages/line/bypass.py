"""The bypass: the inspection out of use, with who, why and until when."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Form
from starlette.responses import RedirectResponse

from okng.serve.context import ServingNow
from okng.serve.web.callers import ChangerNow
from okng.serve.web.line_guards import line_guards_of
from okng.serve.web.routing import pages

router = pages()
_SEE_OTHER = 303
_DAY_MIN = 24 * 60  # the longest bypass, in minutes


@router.post("/bypass/begin")
def begun(
    serving: ServingNow,
    caller: ChangerNow,
    reason: Annotated[str, Form(max_length=4000)],
    minutes: Annotated[int, Form(ge=1, le=_DAY_MIN)],
) -> RedirectResponse:
    """Take the inspection out of use."""
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    line_guards_of(serving).bypass.begin(caller.name, reason, until)
    return RedirectResponse("/master-parts", _SEE_OTHER)


@router.post("/bypass/end")
def ended(serving: ServingNow, caller: ChangerNow) -> RedirectResponse:
    """Take the inspection into use again."""
    line_guards_of(serving).bypass.end(caller.name)
    return RedirectResponse("/master-parts", _SEE_OTHER)
