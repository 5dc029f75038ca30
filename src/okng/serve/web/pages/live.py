"""The live station: what the line does now."""

import asyncio
from collections.abc import AsyncIterator
from datetime import time
from typing import cast

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, StreamingResponse

from okng.serve.context import Serving, ServingNow
from okng.serve.security.guard import Reader
from okng.serve.web.around import FrameNow, RecordsNow, answer
from okng.serve.web.frame import Frame
from okng.serve.web.rendering import render
from okng.serve.web.routing import pages
from okng.serve.web.views.live import LiveBoard, Panel

router = pages()
_PAUSE_S = 0.35  # between two questions to the board
_ALIVE_S = 10.0  # between two signs of life: proxies close silent connections


@router.get("/")
def first() -> RedirectResponse:
    """The first page is the live one."""
    return RedirectResponse("/live")


@router.get("/live")
def live(
    request: Request, frame: FrameNow, serving: ServingNow, records: RecordsNow
) -> HTMLResponse:
    """The page of the live station."""
    return answer("live", frame, panel=_board(request, serving, records).panel())


@router.get("/live/events")
async def events(
    request: Request, frame: FrameNow, serving: ServingNow, records: RecordsNow
) -> StreamingResponse:
    """The board as server-sent events, whenever it changes."""
    board = _board(request, serving, records)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(
        _changes(board, frame, serving, Reader(request)),
        media_type="text/event-stream",
        headers=headers,
    )


async def _changes(
    board: LiveBoard, frame: Frame, serving: Serving, reader: Reader
) -> AsyncIterator[str]:
    shown: Panel | None = None
    silent = 0.0
    while not serving.stopping.is_set() and await reader.may_go_on():
        panel = await run_in_threadpool(board.panel)
        if panel is not shown:
            shown, silent = panel, 0.0
            yield event(await run_in_threadpool(render, "parts/live_panel", frame, panel=panel))
        elif silent >= _ALIVE_S:
            silent = 0.0
            yield ": alive\n\n"
        silent += _PAUSE_S
        await asyncio.sleep(_PAUSE_S)


def event(html: str) -> str:
    """HTML as an event without a name, which htmx swaps in."""
    return "".join(f"data: {line}\n" for line in html.splitlines() if line.strip()) + "\n"


def _board(request: Request, serving: Serving, records: RecordsNow) -> LiveBoard:
    """The board of the server, made when it is first asked for."""
    state = request.app.state
    if getattr(state, "live_board", None) is None:
        texts = serving.settings.station.shifts.split(",")
        shifts = [time.fromisoformat(text.strip()) for text in texts if text.strip()]
        state.live_board = LiveBoard(records, serving.station.name, shifts)
    return cast("LiveBoard", state.live_board)
