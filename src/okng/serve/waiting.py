"""Waits for verdicts as long as somebody wants them, and no longer than the station promises."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from okng.error_codes import Code
from okng.errors import BusyError

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
    together = asyncio.gather(*map(asyncio.wrap_future, futures))
    together.add_done_callback(_taken)
    leaving = asyncio.ensure_future(_until_left(request))
    try:
        done, _ = await asyncio.wait(
            (together, leaving), timeout=timeout, return_when=asyncio.FIRST_COMPLETED
        )
        if together in done:
            return together.result()
        if leaving in done:
            raise ClientDisconnect
        raise BusyError(
            f"There was no verdict within {timeout:g} seconds",
            retry_after=1,
            code=Code.STATION_TIMEOUT,
            hint="Repeat it with the same idempotency key: one photo gives one record.",
        )
    finally:
        leaving.cancel()
        together.cancel()
        for future in futures:  # at once: asyncio would do it in a later step of its loop
            future.cancel()


def _taken(future: asyncio.Future[list[T]]) -> None:
    """Take the error of what nobody waits for any more, or asyncio would log it."""
    if not future.cancelled():
        future.exception()


async def _until_left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
