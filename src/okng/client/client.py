"""The client for programs that wait."""

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from okng.client import calls
from okng.client.answers import Inspection, Model, Review, Station
from okng.client.calls import Call, Given, Photo
from okng.client.faults import fault_of
from okng.client.repeats import Repeats, Tries

T = TypeVar("T")


class Client:
    """Talks to a station; to be used in a `with` block, from any thread.

    Args:
        url: address of the station, such as `http://line-3:8000`.
        key: API key of the station; None where it runs without.
        timeout: seconds for one try.
        repeats: how often a request is repeated that found no answer, or a station that is full.
        http: makes the requests instead of a client of its own, with its own proxies and
            certificates.
        sleep: waits between tries.

    Example:
        >>> with Client("http://line-3:8000", key="...") as station:  # doctest: +SKIP
        ...     inspection = station.judge("part.jpg", serial="A-1047")
        ...     print(inspection.verdict)
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout: float = 30.0,
        repeats: Repeats | None = None,
        http: httpx2.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url, self._sleep = url.rstrip("/"), sleep
        self._repeats = repeats or Repeats()
        self._http = http or httpx2.Client(timeout=timeout)
        self._headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    def judge(
        self,
        photo: Photo,
        *,
        serial: str | None = None,
        batch: str | None = None,
        product: str | None = None,
        model: str | None = None,
        key: str | None = None,
    ) -> Inspection:
        """Judge a photo; the verdict is on record when this returns.

        Args:
            photo: the path of an image file, or its bytes.
            serial: serial number of the part.
            batch: its batch.
            product: its product.
            model: name of the model; the one that is live when left out.
            key: idempotency key; a new one when left out. A program that may stop between sending
                and reading gives its own, and repeats with it.

        Raises:
            PhotoError: it is no photo, or too large.
            BusyError: the station is full, stops, or gave no verdict in time, also after repeats.
            DeniedError: the API key is wrong, or may not judge.
            RecordsConflictError: the idempotency key is in use for another photo.
            StationError: the station does not answer, or refuses the request.
        """
        return self._do(
            calls.judging(photo, key, serial=serial, batch=batch, product=product, model=model)
        )

    def inspection(self, identifier: str) -> Inspection:
        """One inspection with its reviews.

        Raises:
            MissingError: there is none.
        """
        return self._do(calls.one_inspection(identifier))

    def inspections(self, **wanted: Given) -> Iterator[Inspection]:
        """Inspections, newest first, page after page.

        Args:
            **wanted: as the API takes them: `serial`, `serial_prefix`, `batch`, `verdict`, `since`,
                `until`, `reviewed`, ...; all inspections without any.
        """
        cursor: str | None = None
        while True:
            page = self._do(calls.page(cursor, **wanted))
            yield from page.inspections
            if (cursor := page.next) is None:
                return

    def photo(self, identifier: str) -> bytes:
        """The photo of an inspection, as it was given.

        Raises:
            MissingError: it is not stored.
        """
        return self._do(calls.picture(identifier, "photo"))

    def heatmap(self, identifier: str) -> bytes:
        """The heatmap of an inspection, as PNG.

        Raises:
            MissingError: there is none.
        """
        return self._do(calls.picture(identifier, "heatmap"))

    def review(
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
        return self._do(calls.reviewing(identifier, content))

    def models(self) -> list[Model]:
        """The models of the station."""
        return self._do(calls.models())

    def station(self) -> Station:
        """Whether the station takes photos, and what is wrong with it."""
        return self._do(calls.readiness())

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _do(self, call: Call[T]) -> T:
        tries = Tries(self._repeats, safe=call.safe)
        while True:
            result = self._try(call)
            if calls.answered(result, call):
                return call.read(result)
            pause = tries.pause_after(result)
            if pause is None:
                raise fault_of(result, self._url)
            self._sleep(pause)

    def _try(self, call: Call[T]) -> httpx2.Response | httpx2.TransportError:
        try:
            return self._http.request(
                call.method,
                self._url + call.path,
                params=call.params,
                content=call.content,
                json=call.json,
                headers=self._headers | call.headers,
            )
        except httpx2.TransportError as exc:
            return exc
