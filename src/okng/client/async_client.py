"""The client for asyncio."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from okng.client import calls
from okng.client.answers import Inspection, Model, Review, Station
from okng.client.calls import Call, Given, Photo
from okng.client.faults import fault_of
from okng.client.repeats import Repeats, Tries

T = TypeVar("T")


class AsyncClient:
    """Talks to a station; to be used in an `async with` block. See `okng.client.Client`.

    Args:
        url: address of the station, such as `http://line-3:8000`.
        key: API key of the station; None where it runs without.
        timeout: seconds for one try.
        repeats: how often a request is repeated that found no answer, or a station that is full.
        http: makes the requests instead of a client of its own, with its own proxies and
            certificates.
        sleep: waits between tries.

    Example:
        >>> async with AsyncClient("http://line-3:8000") as station:  # doctest: +SKIP
        ...     inspection = await station.judge("part.jpg", serial="A-1047")
        ...     print(inspection.verdict)
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout: float = 30.0,
        repeats: Repeats | None = None,
        http: httpx2.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._url, self._sleep = url.rstrip("/"), sleep
        self._repeats = repeats or Repeats()
        self._http = http or httpx2.AsyncClient(timeout=timeout)
        self._headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    async def judge(
        self,
        photo: Photo,
        *,
        serial: str | None = None,
        batch: str | None = None,
        product: str | None = None,
        model: str | None = None,
        key: str | None = None,
    ) -> Inspection:
        """Judge a photo; the verdict is on record when this returns. See `Client.judge`."""
        return await self._do(
            calls.judging(photo, key, serial=serial, batch=batch, product=product, model=model)
        )

    async def inspection(self, identifier: str) -> Inspection:
        """One inspection with its reviews.

        Raises:
            MissingError: there is none.
        """
        return await self._do(calls.one_inspection(identifier))

    async def inspections(self, **wanted: Given) -> AsyncIterator[Inspection]:
        """Inspections, newest first, page after page.

        Args:
            **wanted: as the API takes them: `serial`, `serial_prefix`, `batch`, `verdict`, `since`,
                `until`, `reviewed`, ...; all inspections without any.
        """
        cursor: str | None = None
        while True:
            page = await self._do(calls.page(cursor, **wanted))
            for inspection in page.inspections:
                yield inspection
            if (cursor := page.next) is None:
                return

    async def photo(self, identifier: str) -> bytes:
        """The photo of an inspection, as it was given.

        Raises:
            MissingError: it is not stored.
        """
        return await self._do(calls.picture(identifier, "photo"))

    async def heatmap(self, identifier: str) -> bytes:
        """The heatmap of an inspection, as PNG.

        Raises:
            MissingError: there is none.
        """
        return await self._do(calls.picture(identifier, "heatmap"))

    async def review(
        self,
        identifier: str,
        *,
        agree: bool | None = None,
        truth: str | None = None,
        label: str = "",
        note: str = "",
    ) -> Review:
        """State what a part is.

        Args:
            identifier: of the inspection.
            agree: whether the verdict is right; or give `truth`.
            truth: OK or NG; None without `agree` takes an earlier review back.
            label: class of the part.
            note: free text.
        """
        content = calls.statement(agree=agree, truth=truth, label=label, note=note)
        return await self._do(calls.reviewing(identifier, content))

    async def models(self) -> list[Model]:
        """The models of the station."""
        return await self._do(calls.models())

    async def station(self) -> Station:
        """Whether the station takes photos, and what is wrong with it."""
        return await self._do(calls.readiness())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        """Use it."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.close()

    async def _do(self, call: Call[T]) -> T:
        tries = Tries(self._repeats, safe=call.safe)
        while True:
            result = await self._try(call)
            if calls.answered(result, call):
                return call.read(result)
            pause = tries.pause_after(result)  # None: no further try
            if pause is None:
                raise fault_of(result, self._url)
            await self._sleep(pause)

    async def _try(self, call: Call[T]) -> httpx2.Response | httpx2.TransportError:
        try:
            return await self._http.request(
                call.method,
                self._url + call.path,
                params=call.params,
                content=call.content,
                json=call.json,
                headers=self._headers | call.headers,
            )
        except httpx2.TransportError as exc:
            return exc
