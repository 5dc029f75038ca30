"""Verdicts as server-sent events, as they go on record."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from okng.errors import BusyError
from okng.records import InspectionFilter, InspectionRow, Records
from okng.serve.context import Serving, ServingNow, serving_of
from okng.serve.problems import responses
from okng.serve.schemas import InspectionBody
from okng.serve.security import require
from okng.serve.security.guard import Reader

WAITING = 200
"""Verdicts that wait for a slow listener, at most; beyond, the oldest ones are left out."""
_MOST_STREAMS = 64
_MOST_MISSED = 500


class _Stream:
    """Verdicts on their way to one listener, in the thread of the event loop."""

    def __init__(self, serving: Serving, reader: Reader) -> None:
        self._serving, self._reader = serving, reader
        self._loop = asyncio.get_running_loop()
        self._rows: deque[InspectionRow] = deque(maxlen=WAITING)
        self._changed = asyncio.Event()
        self._remove = serving.station.heard.add(self._hear)

    def close(self) -> None:
        """Listen no more."""
        self._remove()

    async def rows(self) -> AsyncGenerator[InspectionRow, None]:
        """Each verdict, until the server stops or the login of the listener ends."""
        stopping = asyncio.ensure_future(self._serving.stopping.wait())
        try:
            while not stopping.done() and await self._reader.may_go_on():
                if self._rows:
                    yield self._rows.popleft()
                    continue
                self._changed.clear()
                changed = asyncio.ensure_future(self._changed.wait())
                try:
                    await asyncio.wait((changed, stopping), timeout=self._reader.waits,
                                       return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
                finally:
                    changed.cancel()
        finally:
            stopping.cancel()

    def _hear(self, row: InspectionRow) -> None:
        self._loop.call_soon_threadsafe(self._add, row)

    def _add(self, row: InspectionRow) -> None:
        self._rows.append(row)
        self._changed.set()


async def _room(request: Request) -> AsyncIterator[None]:
    """Bounds the streams of one server."""
    serving = serving_of(request)
    if serving.streams >= _MOST_STREAMS:
        raise BusyError(f"{_MOST_STREAMS} streams are open", retry_after=10)
    serving.streams += 1
    try:
        yield
    finally:
        serving.streams -= 1


router = APIRouter(prefix="/api/v1", tags=["events"], dependencies=[Depends(require())])


@router.get("/events", response_class=EventSourceResponse, dependencies=[Depends(_room)],
            responses={**responses(401, 503)})  # fmt: skip
async def events(
    request: Request,
    serving: ServingNow,
    last_event_id: Annotated[str | None, Header(max_length=200)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Every verdict, once it is on record, as an event `inspection`.

    A listener that comes back with `Last-Event-ID` first gets what it has missed. The stream ends
    with the login or the key that opened it.
    """
    stream = _Stream(serving, Reader(request))
    try:
        sent = set()
        for row in await run_in_threadpool(_missed, serving.records, last_event_id):
            sent.add(row.id)
            yield _event(row)
        # Closed here, or it would be closed whenever it is collected.
        async with aclosing(stream.rows()) as rows:
            async for row in rows:
                if row.id not in sent:
                    yield _event(row)
    finally:
        stream.close()


def _event(row: InspectionRow) -> ServerSentEvent:
    return ServerSentEvent(
        raw_data=InspectionBody.of(row).model_dump_json(by_alias=True),
        event="inspection",
        id=row.id,
    )


def _missed(records: Records | None, last: str | None) -> list[InspectionRow]:
    """Verdicts behind the last one that a listener has got, oldest first."""
    row = None if records is None or last is None else records.inspection(last)
    if records is None or row is None:
        return []
    wanted = InspectionFilter(since_us=row.time_us, role=None)
    rows = records.page(wanted, _MOST_MISSED).rows
    return [each for each in reversed(rows) if each.id != row.id]
