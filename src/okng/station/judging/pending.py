"""A photo between its acceptance and its answer."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from okng.inference import Inspection
from okng.records import InspectionRow
from okng.station.judging.requests import Answer, PhotoRequest
from okng.station.models import Pinned


class Pending:
    """One photo in flight, and those who wait for its answer.

    Two requests with the same key wait for one photo. It is given up when the last of them has
    cancelled its future, so that an abandoned request never reaches the model.

    Args:
        request: what was asked.
        settled: called once, when it is answered or given up.
        served: the model that was asked, and what was loaded then.

    Attributes:
        first: future of the answer for who asked first; cancelling it gives it up.
    """

    def __init__(
        self, request: PhotoRequest, settled: Callable[["Pending"], None], served: Pinned
    ) -> None:
        self.request, self.served = request, served
        self._settled = settled
        self._lock = threading.Lock()
        self._waiting: list[Future[Answer]] = []
        self._work: Future[Inspection] | None = None
        self._over = self._abandoned = self._claimed = False
        self.first = self._join()  # whoever sent it first

    @property
    def over(self) -> bool:
        """Whether nobody waits for it any more, or it is rejected."""
        return self._over or self._abandoned or self._claimed

    def claim(self) -> bool:
        """Whether the caller is the first, and so the one that puts the part on record.

        The verdict and the rejection of a late part meet here: one of them is on record.
        """
        with self._lock:
            first, self._claimed = not self._claimed, True
        return first

    def reject(self) -> bool:
        """Claim it, and keep it from the network if that has not begun; see `claim`."""
        if not self.claim():
            return False
        with self._lock:
            work = self._work
        if work is not None:
            work.cancel()
        return True

    def join(self) -> Future[Answer] | None:
        """A further future of the answer; None where nobody waits for it any more."""
        with self._lock:
            return None if self._over or self._abandoned else self._join()

    def works_on(self, work: Future[Inspection]) -> None:
        """Take what is to be cancelled when nobody waits any more."""
        with self._lock:
            self._work = work
            abandoned = self.over
        if abandoned:  # it was abandoned between the submission and this call
            work.cancel()

    def answer(self, answer: Answer) -> None:
        """Give everyone who waits the answer."""
        for future in self._end():
            if future.set_running_or_notify_cancel():  # False: its waiter has gone meanwhile
                future.set_result(answer)

    def repeat(self, row: InspectionRow) -> None:
        """Give everyone who waits what was on record before."""
        self.answer(Answer(row, repeated=True))

    def fail(self, fault: BaseException) -> None:
        """Give everyone who waits the error."""
        for future in self._end():
            if future.set_running_or_notify_cancel():
                future.set_exception(fault)

    def _join(self) -> Future[Answer]:
        future: Future[Answer] = Future()
        self._waiting.append(future)
        future.add_done_callback(self._left)
        return future

    def _left(self, future: Future[Answer]) -> None:
        if not future.cancelled():
            return
        with self._lock:
            if future in self._waiting:
                self._waiting.remove(future)
            if self._waiting or self._over:  # others wait for the same photo
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
