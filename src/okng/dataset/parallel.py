"""Work on many photos in threads, a little ahead of who takes the results, and never far."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 64


def in_order(
    work: Callable[[T], R], items: Iterable[T], *, workers: int | None = None
) -> Iterator[tuple[T, R]]:
    """Each item with what became of it, in the order of the items.

    Unlike `Executor.map` it neither lists a million items nor piles up their results, and whoever
    stops it waits for a few of them only.

    Args:
        work: called in several threads at once.
        items: taken one after the other.
        workers: threads; as many as cores when left out.
    """
    waiting = iter(items)
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        running = deque((item, pool.submit(work, item)) for item in islice(waiting, _AHEAD))
        try:
            while running:
                item, future = running.popleft()
                yield item, future.result()
                running.extend((item, pool.submit(work, item)) for item in islice(waiting, 1))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
