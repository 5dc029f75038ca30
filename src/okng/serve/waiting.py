"""Waits for verdicts as long as somebody wants them, and no longer than the station promises."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from okng.error_codes import Code
from okng.errors import BusyError
from okng.serve.wakes import wakes_of

T = TypeVar("T")


async def answers(request: Request, futures: Sequence[Future[T]], timeout: float) -> list[T]:
    """The answers of a station.

    Futures are cancelled where the client leaves, or after the timeout: what the network has not
    begun by then, it never gets.

    Args:
        request: whose body was read.
        futures: of the station.
        timeout: seconds.

    Raises:
        BusyError: there was no verdict in time.
        ClientDisconnect: nobody waits any more.
        OkngError: one of the photos has no verdict.
    """
    ended = _Ended(futures)
    leaving = asyncio.ensure_future(_until_left(request))
    leaving.add_done_callback(ended.left)
    try:
        async with asyncio.timeout(timeout):
            await ended.future
    except TimeoutError as exc:
        raise too_late(timeout, "photo") from exc
    finally:
        leaving.cancel()
        # what has no answer by now: nobody waits for it any more
        for future in futures:
            future.cancel()
    if leaving.done() and not leaving.cancelled():
        raise ClientDisconnect
    return [future.result() for future in futures]


def too_late(timeout: float, thing: str) -> BusyError:
    """The error of a wait that has ended without a verdict.

    Args:
        timeout: seconds of the wait.
        thing: what is judged, in English: `photo`.
    """
    return BusyError(
        f"There was no verdict within {timeout:g} seconds",
        retry_after=1,
        code=Code.STATION_TIMEOUT,
        hint=f"Repeat it with the same idempotency key: one {thing} gives one record.",
    )


class _Ended:
    """Set in the event loop once all futures have a result, one has an error, or nobody waits.

    Args:
        futures: of the station, which are set in its threads.
    """

    def __init__(self, futures: Sequence[Future[T]]) -> None:
        loop = asyncio.get_running_loop()
        self.future: asyncio.Future[None] = loop.create_future()
        self._wakes, self._open = wakes_of(loop), len(futures)
        for future in futures:
            future.add_done_callback(self._in_thread)

    def left(self, _task: "asyncio.Task[None]") -> None:
        """The client has left, or the wait is over."""
        self._set()

    def _in_thread(self, future: Future[T]) -> None:
        self._wakes.call(partial(self._settled, future))

    def _settled(self, future: Future[T]) -> None:
        self._open -= 1
        if not self._open or future.cancelled() or future.exception() is not None:
            self._set()

    def _set(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


async def _until_left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
