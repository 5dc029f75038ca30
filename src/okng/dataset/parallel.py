"""Processes many photos in threads, with a bounded number of results ahead of the consumer."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 64  # items in flight: enough for 32 cores, and at most 64 decoded photos in memory


def in_order(
    work: Callable[[T], R], items: Iterable[T], *, workers: int | None = None
) -> Iterator[tuple[T, R]]:
    """Yield each item with its result, in the order of the items.

    Unlike `Executor.map` it does not list all items at the start and does not pile up results.
    Closing the generator cancels the waiting items and waits for the running ones.

    Args:
        work: called in several threads at once.
        items: taken one after the other.
        workers: threads; as many as cores when left out.
    """
    waiting = iter(items)
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        running = deque((item, pool.submit(work, item)) for item in islice(waiting, _AHEAD))
        # `finally` also runs when the consumer closes the generator, as on Ctrl-C.
        try:
            while running:
                item, future = running.popleft()
                yield item, future.result()
                running.extend((item, pool.submit(work, item)) for item in islice(waiting, 1))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
