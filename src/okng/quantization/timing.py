"""How much faster one of two computations is."""

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds."""


def times_as_fast(
    first: Callable[[], object],
    second: Callable[[], object],
    rounds: int,
    clock: Clock = time.process_time,
) -> float:
    """Time of the first over that of the second: each the shortest of a few runs in turn.

    Args:
        first: what is to be outdone.
        second: what may be faster.
        rounds: runs of each.
        clock: seconds of this process.
    """
    shortest = [float("inf"), float("inf")]
    for _ in range(rounds):
        for number, run in enumerate((first, second)):
            begun = clock()
            run()
            shortest[number] = min(shortest[number], clock() - begun)
    return shortest[0] / max(shortest[1], 1e-9)
