"""Figures of a period."""

import time

from starlette.responses import HTMLResponse

from okng.serve.context import ServingNow
from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.routing import pages
from okng.serve.web.views.figures import Figures, Period
from okng.wording import language

router = pages()


@router.get("/figures")
def figures(
    frame: FrameNow, serving: ServingNow, records: RecordsNow, period: Period = Period.DAY
) -> HTMLResponse:
    """The page of figures."""
    station = serving.station
    now_us = time.time_ns() // 1000
    with language(frame.preferences.language):
        shown = Figures.of(records, now_us, period, station.name, station.models)
    return answer("figures", frame, figures=shown, period=period, periods=tuple(Period))
