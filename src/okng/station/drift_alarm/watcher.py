"""Runs the drift alarm beside a station: measures in a thread of its own, and stores its state."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, Field, ValidationError

from okng.config.station import DriftSection
from okng.errors import OkngError
from okng.files import write_atomic
from okng.inference import Inspection
from okng.inference.frames import Array, Frame
from okng.modelfile import HeldOut
from okng.station.camera.conditions import conditions_of
from okng.station.clock import microseconds
from okng.station.drift_alarm.monitor import Finding, Monitor
from okng.verdict import Judgement

WAITING = 64
"""Photos that wait to be measured, at most: 7 MB. Beyond them photos are left out, so that the line
never waits."""
PAUSE = 0.1
"""Seconds between two photos of a product that are measured, at least. A fast line has more parts
for an alarm; 2 ms of CPU for each of 100 photos a second were a tenth of what a verdict costs."""
_STORED_SECONDS = 60.0
_MONITORS = 16
"""Products and models that are watched; the one that was longest not seen makes room."""
_LOG = logging.getLogger(__name__)

Report = Callable[["Drift"], None]
"""Called in the thread of the watcher with each change that begins or ends."""


class Drift(NamedTuple):
    """A change at a station.

    Attributes:
        product: whose parts changed; empty without one.
        finding: what changed.
    """

    product: str
    finding: Finding


class Learned(NamedTuple):
    """How far a product is learned.

    Attributes:
        product: empty without one.
        model_digest: of the model file that judges it.
        parts: so far.
        wanted: that are learned from.
    """

    product: str
    model_digest: str
    parts: int
    wanted: int


class _Job(NamedTuple):
    pixels: Array
    inspection: Inspection
    product: str


class _State(BaseModel):
    """What is stored: the monitor of each product and model file, the last used one at the end."""

    monitors: dict[str, Monitor] = Field(default_factory=dict)


class DriftWatcher:
    """Watches the parts of one station.

    Args:
        settings: how many parts are learned from, and how often a false alarm may come.
        file: where the state is stored; None stores none.
        held_out: gives what a model file states of its test, by the digest of the file.
        pause: seconds between two photos of a product that are measured, at least; others are
            left out.

    Attributes:
        reports: are called with each change.
        left_out: photos that were not measured, since they came too fast.
    """

    def __init__(
        self,
        settings: DriftSection,
        file: Path | None,
        held_out: Callable[[str], HeldOut | None],
        *,
        pause: float = PAUSE,
    ) -> None:
        self._settings, self._file, self._held_out = settings, file, held_out
        self.reports: list[Report] = []
        self.left_out = 0
        self._pause = pause
        self._next: dict[str, float] = {}  # by product: when one is measured again, monotonic
        self._state = _State() if file is None else _read(file)
        self._stored, self._lock = time.monotonic(), threading.Lock()
        self._jobs: queue.Queue[_Job | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._work, name="okng-drift", daemon=True)
        self._thread.start()

    def take(self, frame: Frame, inspection: Inspection, product: str | None) -> None:
        """Measure a part soon; returns at once. To be used from any thread."""
        if inspection.verdict.verdict is Judgement.ERROR:
            return
        try:
            if self._is_due(product or ""):
                self._jobs.put_nowait(_Job(frame.pixels, inspection, product or ""))
                return
        except queue.Full:
            pass
        self.left_out += 1

    def _is_due(self, product: str) -> bool:
        now = time.monotonic()
        if now < self._next.get(product, now):
            return False
        if len(self._next) >= _MONITORS:
            self._next.clear()
        self._next[product] = now + self._pause
        return True

    def on(self) -> list[Drift]:
        """Changes that have begun and are not over."""
        with self._lock:
            monitors = self._state.monitors.items()
            return [Drift(_product(key), each) for key, of in monitors for each in of.on()]

    def learned(self) -> list[Learned]:
        """How far each product is learned."""
        with self._lock:
            return [
                Learned(_product(key), key.partition(" ")[0], each.seen, each.wanted)
                for key, each in self._state.monitors.items()
            ]

    def forget(self, product: str | None = None) -> None:
        """Learn anew what is in control: after a new lamp, lens or position, by a person's will.

        Args:
            product: whose; of all, if None.
        """
        with self._lock:
            monitors = self._state.monitors.items()
            self._state.monitors = {
                key: monitor for key, monitor in monitors if product not in {None, _product(key)}
            }

    def wait(self) -> None:
        """Until all that was taken is measured."""
        self._jobs.join()

    def close(self) -> None:
        """End the thread, and store the state."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                for drift in self._measure(job):
                    self._report(drift)
            except Exception:  # noqa: BLE001 - the end of a thread: a part less is measured
                _LOG.exception("A part was not measured for drift")
            self._jobs.task_done()
            if time.monotonic() - self._stored >= _STORED_SECONDS:
                self._store()
        self._store()

    def _measure(self, job: _Job) -> list[Drift]:
        conditions = conditions_of(job.pixels)
        key = f"{job.inspection.model_digest} {job.product}"
        with self._lock:
            monitors = self._state.monitors
            monitor = monitors.pop(key, None) or self._new(job.inspection.model_digest)
            while len(monitors) >= _MONITORS:
                del monitors[next(iter(monitors))]
            monitors[key] = monitor  # the last used one stands at the end
            findings = monitor.take(job.inspection, conditions, microseconds(job.inspection.time))
        return [Drift(job.product, each) for each in findings]

    def _new(self, digest: str) -> Monitor:
        asked, held_out = self._settings, self._held_out(digest)
        return Monitor.new(asked.learned_parts, asked.false_alarm_parts, held_out)

    def _report(self, drift: Drift) -> None:
        for report in self.reports:
            report(drift)

    def _store(self) -> None:
        self._stored = time.monotonic()
        if self._file is None:
            return
        with self._lock:
            text = self._state.model_dump_json()
        try:
            write_atomic(self._file, text)
        except OkngError as fault:  # the next minute tries again; the alarm goes on from memory
            _LOG.warning("The state of the drift alarm is not stored: %s", fault.message)


def _product(key: str) -> str:
    return key.partition(" ")[2]


def _read(file: Path) -> _State:
    try:
        return _State.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return _State()
    except (OSError, ValidationError) as fault:
        _LOG.warning("The state of the drift alarm cannot be read; it learns anew: %s", fault)
        return _State()
