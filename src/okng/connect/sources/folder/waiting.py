"""Files that are not whole yet, and when each is read again."""

import time
from typing import NamedTuple

from okng.connect.sources.folder.stamps import Stamp
from okng.connect.sources.folder.whole import Whole

OLD_SECONDS = 60.0
"""A file that was not changed for so long is no longer written to, also by a clock that is off."""


class _Waiting(NamedTuple):
    stamp: Stamp
    since: float  # by the monotonic clock, when it was first seen like this


class Waiting:
    """Files that were read and are not whole yet; used by one thread.

    Args:
        steady: seconds without a change after which a file is whole that does not show its end.
        whole_within: likewise, of a file whose end is missing: it is cut off for good.
    """

    def __init__(self, steady: float, whole_within: float) -> None:
        self._limits = {Whole.UNCLEAR: steady, Whole.NO: whole_within}
        self._files: dict[str, _Waiting] = {}
        self._due: dict[str, float] = {}

    def is_over(self, path: str, stamp: Stamp, shows: Whole) -> bool:
        """Whether a file is to be judged as it is; else it is remembered.

        Args:
            path: of the file.
            stamp: as it was before it was read.
            shows: what its bytes show.
        """
        now, limit = time.monotonic(), self._limits.get(shows, 0.0)
        known = self._files.get(path)
        since = known.since if known is not None and known.stamp == stamp else now
        is_old = abs(time.time() - stamp.modified_ns / 1e9) > OLD_SECONDS
        if shows is Whole.YES or is_old or now - since >= limit:
            self.forget(path)
            return True
        self._files[path] = _Waiting(stamp, since)
        self._due[path] = since + limit
        return False

    def later(self, path: str, stamp: Stamp, seconds: float) -> None:
        """Read a file again after so many seconds."""
        self._files.setdefault(path, _Waiting(stamp, time.monotonic()))
        self._due[path] = time.monotonic() + seconds

    def forget(self, path: str) -> None:
        """A file was taken, or is gone."""
        self._files.pop(path, None)
        self._due.pop(path, None)

    def due(self) -> list[str]:
        """Files that are to be read again now."""
        now = time.monotonic()
        return [path for path, when in self._due.items() if when <= now]

    def seconds(self) -> float | None:
        """Until the next one is due; None without any."""
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - time.monotonic())
