"""A station for a simulated PLC: a camera that shows the part in front of it, and a fake engine."""

import socket
import threading
import time
from collections.abc import Callable, Collection
from typing import Self

from okng.connect.contracts import Shot, Trigger
from okng.connect.part import Outcome
from okng.errors import ConnectError
from okng.testing.station.records import inspection_row
from okng.verdict import Judgement


def free_port() -> int:
    """A TCP port of this machine that nothing listens on now."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def until(reached: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so.

    Raises:
        AssertionError: it was not so in time.
    """
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            raise AssertionError("it was not reached in time")
        time.sleep(0.002)


class FakeStation:
    """Takes a photo for each shot, and answers after a fixed time; opens what is lost anew.

    Args:
        trigger: whose shots it takes.
        camera: what is in front of the camera now.
        bad: what is NG; all else is OK, and nothing in front of the camera is an ERROR.
        engine_s: seconds from the photo to the answer.

    Attributes:
        photos: (serial that the PLC gave, part in the photo) of each shot.
        losses: errors of the trigger.
        faults: why shots had no photo.
    """

    def __init__(
        self,
        trigger: Trigger,
        camera: Callable[[], str],
        bad: Collection[str] = (),
        *,
        engine_s: float = 0.005,
    ) -> None:
        self.photos: list[tuple[str | None, str]] = []
        self.losses: list[ConnectError] = []
        self.faults: list[ConnectError] = []
        self._trigger, self._camera, self._bad = trigger, camera, bad
        self._engine_s = engine_s
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="fake-station", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._trigger.close()
        self._thread.join(20)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._trigger.open()
                for shot in self._trigger.shots():
                    self._take(shot)
            except ConnectError as error:
                self.losses.append(error)
                time.sleep(0.05)
            finally:
                self._trigger.close()

    def _take(self, shot: Shot) -> None:
        if shot.fault is not None:
            self.faults.append(shot.fault)
            shot.answered(Outcome(None, shot.fault))
            return
        part = self._camera()
        self.photos.append((shot.serial, part))
        shot.exposed()
        threading.Timer(self._engine_s, shot.answered, [self._outcome(part)]).start()

    def _outcome(self, part: str) -> Outcome:
        if not part:
            return Outcome(None, ConnectError("The camera gave no photo"))
        judgement = Judgement.NG if part in self._bad else Judgement.OK
        return Outcome(inspection_row(verdict=judgement.value))
