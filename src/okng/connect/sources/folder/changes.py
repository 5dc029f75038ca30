"""Names of files that changed, as the system reports them."""

import threading
from types import TracebackType
from typing import Self

from watchfiles import Change, watch

from okng.connect.operator_log import log
from okng.wording import mark

_MOST = 10_000
"""Names that are kept; where more changed, the whole folder is read."""
_STEP_MS, _DEBOUNCE_MS = 10, 50  # a report comes after 10 ms of silence, or after 50 ms


class Changes:
    """Follows a folder in a thread of its own; to be used in a `with` block.

    Where the system reports no changes, as it has no room for another watch, nothing comes, and
    the folder is to be read from time to time.

    Args:
        folder: that is followed, without the folders in it.
        reported: whether the system reports changes there; else nothing comes.

    Attributes:
        reports: whether changes are reported at present.
    """

    def __init__(self, folder: str, *, reported: bool) -> None:
        self._folder = folder
        self._end = threading.Event()
        self._changed = threading.Condition()
        self._paths: set[str] = set()
        self._woken = False
        self.reports = reported
        self._thread = threading.Thread(target=self._work, name="okng-changes", daemon=True)

    def take(self, timeout: float) -> set[str] | None:
        """Paths that changed since the last call, after at most so many seconds.

        Returns:
            None where the whole folder is to be read, as too many changed or `wake` was called.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._paths or self._woken, max(timeout, 0.0))
            paths, self._paths = self._paths, set()
            all_of_them, self._woken = self._woken, False
        return None if all_of_them or len(paths) >= _MOST else paths

    def wake(self) -> None:
        """End a `take` that waits."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def __enter__(self) -> Self:
        """Begin to follow."""
        if self.reports:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        try:
            for changes in watch(
                self._folder, watch_filter=None, stop_event=self._end, recursive=False,
                step=_STEP_MS, debounce=_DEBOUNCE_MS, rust_timeout=500, raise_interrupt=False,
            ):  # fmt: skip
                self._add({path for change, path in changes if change is not Change.deleted})
        except (OSError, RuntimeError) as exc:  # no room for a watch, or the folder is gone
            log.warning(
                mark("The system reports no changes of the folder; it is read once a second"),
                folder=self._folder,
                reason=str(exc),
                next="Raise fs.inotify.max_user_watches, or set `poll` of the source.",
            )
        self.reports = False

    def _add(self, paths: set[str]) -> None:
        with self._changed:
            if len(self._paths) < _MOST:
                self._paths |= paths
            self._changed.notify_all()
