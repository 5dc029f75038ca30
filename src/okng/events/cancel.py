"""Ending a job from outside: by a token, checked at every event."""

import threading

from okng.events.kinds import Event, JobEnded, StageFinished
from okng.events.progress import Progress


class Cancelled(KeyboardInterrupt):
    """A token ended the job. It ends as by Ctrl-C: what is done so far stays."""


class CancelToken(Progress):
    """Ends a job of this process, from another thread or from a receiver of its events.

    The job raises `Cancelled` at its next event: at each photo, each step of the training, and at
    the start of each step of the job.

    Args:
        progress: receives the events until then.

    Example:
        >>> token = CancelToken(Progress())
        >>> okng.train("photos/", progress=token)  # doctest: +SKIP
        >>> token.cancel()  # in another thread
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._asked = threading.Event()

    def cancel(self) -> None:
        """Ask the job to end. It may be asked twice."""
        self._asked.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to end."""
        return self._asked.is_set()

    def handle(self, event: Event) -> None:
        """Hand an event on, or end the job.

        Raises:
            Cancelled: the job was asked to end.
        """
        # a job that ends tells so, or its receivers would wait for it
        ending = isinstance(event, StageFinished | JobEnded)  # a job on its way out
        if self.cancelled and not ending:
            raise Cancelled
        self._progress.handle(event)
