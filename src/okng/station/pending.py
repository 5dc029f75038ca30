"""A photo between its acceptance and its answer."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from okng.inference import Inspection
from okng.station.requests import Answer, PhotoRequest


class Pending:
    """One photo in flight, and those who wait for its answer.

    Two requests with the same key wait for one photo. It is given up when the last of them has
    cancelled its future, so that an abandoned request never reaches the model.

    Args:
        request: what was asked.
        settled: called once, when it is answered or given up.
    """

    def __init__(self, request: PhotoRequest, settled: Callable[["Pending"], None]) -> None:
        self.request = request
        self._settled = settled
        self._lock = threading.Lock()
        self._waiting: list[Future[Answer]] = []
        self._work: Future[Inspection] | None = None
        self._over = self._abandoned = False

    @property
    def over(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._over or self._abandoned

    def join(self) -> Future[Answer] | None:
        """A future of the answer; cancelling it gives this one up. None where all is over."""
        future: Future[Answer] = Future()
        with self._lock:
            if self.over:
                return None
            self._waiting.append(future)
        future.add_done_callback(self._left)
        return future

    def works_on(self, work: Future[Inspection]) -> None:
        """Take what is to be cancelled when nobody waits any more."""
        with self._lock:
            self._work = work
            abandoned = self.over
        if abandoned:
            work.cancel()

    def answer(self, answer: Answer) -> None:
        """Give everyone who waits the answer."""
        for future in self._end():
            if future.set_running_or_notify_cancel():
                future.set_result(answer)

    def fail(self, fault: BaseException) -> None:
        """Give everyone who waits the error."""
        for future in self._end():
            if future.set_running_or_notify_cancel():
                future.set_exception(fault)

    def _left(self, future: Future[Answer]) -> None:
        if not future.cancelled():
            return
        with self._lock:
            if future in self._waiting:
                self._waiting.remove(future)
            if self._waiting or self._over:
                return
            self._abandoned, work = True, self._work
        # Without the lock, since it calls back. Once the network has the photo it does nothing:
        # the verdict is put on record although nobody waits.
        if work is None or work.cancel():
            self._end()

    def _end(self) -> list[Future[Answer]]:
        with self._lock:
            if self._over:
                return []
            self._over = True
            waiting, self._waiting = self._waiting, []
        self._settled(self)
        return waiting
