"""Jobs that clients start, where a trigger takes them: the two meet here, in any order."""

import time
from collections import OrderedDict, deque
from threading import Condition
from typing import NamedTuple, Protocol
from uuid import uuid4

from okng.connect.part import Outcome

_REMEMBERED = 10_000  # jobs whose result may still come


class Asked(NamedTuple):
    """What a client said about the part, each as it gave it; None for nothing."""

    measurement: str | None = None
    part: str | None = None
    recipe: str | None = None
    product: str | None = None


class Job(NamedTuple):
    """One photo to take.

    Attributes:
        id: of the job, as the client got it; a continuous job has many photos.
        key: idempotency key of the photo.
        asked: what the client said.
    """

    id: str
    key: str
    asked: Asked


class Progress(Protocol):
    """Who is told what becomes of jobs. Each call returns at once."""

    def acquired(self, job: Job) -> None:
        """The photo is taken: the part may move."""

    def answered(self, job: Job, outcome: Outcome) -> None:
        """The verdict is on record, or there is none."""


class Jobs:
    """Jobs between the server that gets them and the trigger that carries them out."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[Job] = deque()
        self._continuous: Job | None = None
        self._taken = 0
        self._next_at = 0.0
        self._by_key: OrderedDict[str, Job] = OrderedDict()
        self._attached = False
        self.progress: Progress | None = None

    @property
    def attached(self) -> bool:
        """Whether a trigger carries jobs out."""
        return self._attached

    @property
    def running(self) -> Job | None:
        """The continuous job, if there is one."""
        return self._continuous

    def attach(self) -> None:
        """A trigger begins to carry jobs out."""
        with self._changed:
            self._attached = True

    def detach(self) -> None:
        """It ends; what nobody took is dropped."""
        with self._changed:
            self._attached = False
            self._waiting.clear()
            self._changed.notify_all()

    def single(self, asked: Asked) -> Job:
        """A job of one photo."""
        identifier = uuid4().hex
        job = Job(identifier, identifier, asked)
        with self._changed:
            self._remember(job)
            self._waiting.append(job)
            self._changed.notify_all()
        return job

    def begin(self, asked: Asked) -> Job:
        """A job of many photos, until `end`."""
        identifier = uuid4().hex
        with self._changed:
            self._continuous, self._taken = Job(identifier, identifier, asked), 0
            self._next_at = time.monotonic()
            self._changed.notify_all()
            return self._continuous

    def end(self) -> list[Job]:
        """No more photos; the jobs that nobody took yet are returned, and dropped."""
        with self._changed:
            dropped = list(self._waiting)
            self._waiting.clear()
            self._continuous = None
            self._changed.notify_all()
            return dropped

    def next(self, every_s: float) -> Job | None:
        """The next photo to take, for the trigger; None once it is detached.

        Args:
            every_s: between two photos of a continuous job.
        """
        with self._changed:
            while self._attached:
                if self._waiting:
                    return self._waiting.popleft()
                wait_s = None if self._continuous is None else self._next_at - time.monotonic()
                if self._continuous is not None and wait_s is not None and wait_s <= 0:
                    return self._photo_of(self._continuous, every_s)
                self._changed.wait(wait_s)
            return None

    def job_of(self, key: str) -> Job | None:
        """The job of a photo, by its idempotency key; else the continuous one, if there is one."""
        with self._changed:
            return self._by_key.get(key) or self._continuous

    def _photo_of(self, running: Job, every_s: float) -> Job:
        self._next_at = max(self._next_at + every_s, time.monotonic())
        self._taken += 1
        job = running._replace(key=f"{running.id}-{self._taken}")
        self._remember(job)
        return job

    def _remember(self, job: Job) -> None:
        self._by_key[job.key] = job
        while len(self._by_key) > _REMEMBERED:
            self._by_key.popitem(last=False)
