"""Counters of requests in memory, without a thread of their own."""

import threading
import time

from limits.storage import MemoryStorage

_SWEPT_EVERY = 1024
"""New counters after which those that have expired are removed: as many may wait for it."""


class MemoryCounts(MemoryStorage):
    """Counters that expire when they are asked for, and otherwise with new ones.

    `MemoryStorage` starts a thread for that, every 10 ms as long as requests come.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock, self._fresh = threading.Lock(), 0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a counter, and give its value; see `MemoryStorage.incr`."""
        with self._lock:
            if self.get(key) == 0:
                self._sweep()
                self.expirations[key] = time.time() + expiry
            self.storage[key] += amount
            return self.storage[key]

    def _sweep(self) -> None:
        self._fresh += 1
        if self._fresh < _SWEPT_EVERY:
            return
        self._fresh, now = 0, time.time()
        for key in [key for key, end in self.expirations.items() if end <= now]:
            self.clear(key)
