"""How many threads compute at the same time without waiting for a core."""

import math
import os
from functools import cache
from pathlib import Path

_LIMIT = Path("/sys/fs/cgroup/cpu.max")  # cgroup v2, as a container sees its own
_OLD_QUOTA = Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")  # cgroup v1; -1 for no limit
_OLD_PERIOD = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")


@cache
def cores() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has.

    A limit of 1.5 cores counts as 2: two threads then get three quarters of a core each. A third
    would only be stopped with them, at each end of a period.
    """
    limit = limited_cores()
    return _allowed() if limit is None else max(1, min(_allowed(), math.ceil(limit)))


def limited_cores(
    limit: Path = _LIMIT, old_quota: Path = _OLD_QUOTA, old_period: Path = _OLD_PERIOD
) -> float | None:
    """Cores that the control group of a container has; None without a limit.

    Args:
        limit: file of cgroup v2, with quota and period, or `max` and period.
        old_quota: file of cgroup v1.
        old_period: likewise.
    """
    try:
        quota, period = limit.read_text().split() if limit.exists() else (
            old_quota.read_text(), old_period.read_text()
        )  # fmt: skip
        share = float(quota) / float(period)
    except (OSError, ValueError, ZeroDivisionError):  # no cgroup, another system, or `max`
        return None
    return share if share > 0 else None


def _allowed() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
