"""Photos before AWS Lambda: an execution environment takes one at a time, or a new one starts."""

from collections import deque
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from fleet import Floats


class Function(NamedTuple):
    """A function of Lambda.

    Attributes:
        cold_start: seconds until a new environment takes its photo.
        idle: seconds after which an environment without photos ends.
        concurrency: environments at most; further photos are refused (429).
    """

    cold_start: float
    idle: float = 600.0
    concurrency: float = float("inf")


class Invocations(NamedTuple):
    """What happened.

    Attributes:
        waits: seconds before the handler of each photo; infinite where it was refused.
        billed_seconds: of starts and handlers, rounded up to ms, summed.
        cold: photos that started an environment.
        most: environments at once.
    """

    waits: Floats
    billed_seconds: float
    cold: int
    most: int


def invoke(arrivals: Floats, seconds: Floats, function: Function) -> Invocations:
    """Run photos through a function.

    Args:
        arrivals: time of each photo, in s, rising.
        seconds: of the handler for each photo.
        function: that judges them.
    """
    busy: list[float] = []  # end of each running handler; a heap
    free: deque[float] = deque()  # since when each idle environment is idle, rising
    waits, cold, most = np.zeros(len(arrivals)), 0, 0
    for number, (now, needed) in enumerate(zip(arrivals.tolist(), seconds.tolist(), strict=True)):
        while busy and busy[0] <= now:
            free.append(heappop(busy))
        while free and free[0] < now - function.idle:
            free.popleft()
        if free:
            free.pop()  # the one that was used last, so that others may end
        elif len(busy) >= function.concurrency:
            waits[number] = np.inf
            continue
        else:
            waits[number] = function.cold_start
            cold += 1
        heappush(busy, now + waits[number] + needed)
        most = max(most, len(busy) + len(free))
    accepted = np.isfinite(waits)
    billed = np.ceil(1000 * (waits + seconds)[accepted]) / 1000
    return Invocations(waits, float(billed.sum()), cold, most)
