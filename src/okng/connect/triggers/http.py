"""A request to the station's own API is one part in front of the camera; it gets the verdict."""

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from queue import Empty, Full, Queue
from threading import Lock
from typing import ClassVar

from pydantic import Field

from okng.connect.contracts import Around, Finding, Shot, Trigger, TriggerSettings
from okng.connect.part import Outcome
from okng.error_codes import Code
from okng.errors import BusyError, ConnectError

_REMEMBERED = 1000  # requests whose repeat gets the same answer


class HttpTriggerSettings(TriggerSettings):
    """POST /api/v1/trigger/NAME of the station's API; it needs the station's page or API."""

    kind: ClassVar[str] = "http"

    path: str = Field(
        "camera",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        description="Last part of the address /api/v1/trigger/NAME.",
    )
    waiting: int = Field(
        8, ge=1, le=1000, description="Requests that may wait for the camera; more are refused."
    )

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - the server is checked apart
        """Nothing can be missing."""
        return [Finding("trigger", f"POST /api/v1/trigger/{self.path}")]

    def trigger(self, around: Around) -> Trigger:
        """The trigger; the station's API finds it by its path."""
        return around.shared.get(HttpTrigger, self.path, lambda: HttpTrigger(self.waiting))


class HttpTrigger:
    """Requests on their way to the camera. `shoot` may be called from any thread.

    Args:
        waiting: requests that may wait.
    """

    def __init__(self, waiting: int) -> None:
        self._waiting = waiting
        self._queue: Queue[Shot | None] = Queue(waiting)
        self._lock = Lock()
        self._answers: OrderedDict[str, Future[Outcome]] = OrderedDict()
        self._open = False

    def shoot(self, key: str, serial: str | None, batch: str | None, product: str | None
              ) -> "Future[Outcome]":  # fmt: skip
        """One part, now; a key that came before gets the answer of its part.

        Raises:
            ConnectError: nobody takes photos.
            BusyError: too many requests wait for the camera.
        """
        with self._lock:
            if not self._open:
                raise ConnectError(
                    "Nobody takes photos now.", hint="Look at the alarms of the station's sources."
                )
            known = self._answers.get(key)
            if known is not None:
                return known
            answer: Future[Outcome] = Future()
            try:
                self._queue.put_nowait(_shot(key, answer, serial, batch, product))
            except Full:
                raise BusyError(
                    "Too many requests wait for the camera.", retry_after=1, code=Code.STATION_FULL
                ) from None
            self._answers[key] = answer
            while len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return answer

    def open(self) -> None:
        """Take requests from now on."""
        with self._lock:
            self._open = True
            self._queue = Queue(self._waiting)  # without the end that `close` put in

    def shots(self) -> Iterator[Shot]:
        """Parts, until `close`."""
        while (shot := self._queue.get()) is not None:
            yield shot

    def close(self) -> None:
        """Take no more requests; those that wait get an error."""
        with self._lock:
            self._open = False
            waiting = self._drained()
        for shot in waiting:
            shot.answered(Outcome(None, ConnectError("The station stopped taking photos.")))

    def _drained(self) -> list[Shot]:
        shots = []
        try:
            while True:
                shot = self._queue.get_nowait()
                if shot is not None:
                    shots.append(shot)
        except Empty:
            self._queue.put_nowait(None)
            return shots


def _shot(
    key: str, answer: "Future[Outcome]", serial: str | None, batch: str | None, product: str | None
) -> Shot:
    def answered(outcome: Outcome) -> None:
        if not answer.done():
            answer.set_result(outcome)

    return Shot(key, _stays, answered, serial, batch, product)


def _stays() -> None:
    """The caller moves the part when it has the verdict."""
