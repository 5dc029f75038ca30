"""What counting a request costs: `limits`' own storage in memory, and okng's, in turn.

    python benchmarks/server/rate_limit.py [--rounds 10] [--seconds 2] [--rate 1000]

Requests come at a steady rate from 32 clients, as to a server; CPU time is that of the process,
with the threads that the storage starts.
"""

import argparse
import os
import statistics
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from okng.serve.security.rates import MemoryCounts

_RATE = parse("1000000/minute")
_CLIENTS = 32
STORAGES: dict[str, Callable[[], MemoryStorage]] = {"limits": MemoryStorage, "okng": MemoryCounts}


class Cost(NamedTuple):
    """Of one round.

    Attributes:
        cpu_us: microseconds of CPU time a request, waiting included.
        p99_us: of counting one request.
        threads: that were started.
    """

    cpu_us: float
    p99_us: float
    threads: int


def measure(make: Callable[[], MemoryStorage], seconds: float, rate: float) -> Cost:
    """Count requests at a steady rate for so many seconds."""
    limiter, times, threads = SlidingWindowCounterRateLimiter(make()), [], _started()
    begin, cpu = time.perf_counter(), time.process_time()
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        start = time.perf_counter()
        limiter.hit(_RATE, "request", f"client-{number % _CLIENTS}")
        times.append(time.perf_counter() - start)
    used = (time.process_time() - cpu) / len(times)
    return Cost(1e6 * used, 1e6 * statistics.quantiles(times, n=100)[98], _started() - threads)


def _started() -> int:
    """Threads that this process has started so far: names of timers are numbered."""
    return int(threading.Thread().name.split("-")[1].split(" ")[0])


def main() -> None:
    """Measure in turn, and print medians with their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rate", type=float, default=1000.0)
    given = parser.parse_args()
    costs: dict[str, list[Cost]] = {name: [] for name in STORAGES}
    for _ in range(given.rounds):
        for name, make in STORAGES.items():
            costs[name].append(measure(make, given.seconds, given.rate))
    print(f"load average {os.getloadavg()[0]:.1f}")
    for name, rounds in costs.items():
        middle = [statistics.median(values) for values in zip(*rounds, strict=True)]
        print(f"{name}: CPU {middle[0]:.1f} us a request, p99 {middle[1]:.0f} us, "
              f"threads {middle[2]:.0f}")  # fmt: skip
    ratios = [new.cpu_us / old.cpu_us for old, new in zip(*costs.values(), strict=True)]
    print(f"CPU, okng over limits: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
