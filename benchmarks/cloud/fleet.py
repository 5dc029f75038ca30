"""Photos before machines that come and go: a discrete-event simulation, a minute at a time.

Each photo goes to the machine that has a free slot first, and waits there. For equal machines that
is one queue in order of arrival (Kiefer and Wolfowitz). A photo stays with its machine: one that
starts later does not take over what waits at others, as behind a load balancer.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MINUTE = 60.0


class Machine(NamedTuple):
    """What one machine of a fleet is.

    Attributes:
        slots: photos that it judges at once.
        start_up: seconds from the order to the first photo.
        queue: photos that may wait at it; further ones are refused at once.
    """

    slots: int
    start_up: float
    queue: float = float("inf")


class Minute(NamedTuple):
    """What a policy is told of the minute that has ended.

    Attributes:
        end: seconds since the start of the simulation.
        running: machines that took photos at its end.
        ordered: those, and the ones that still start.
        arrivals: photos that came.
        busy: share of the slots' time that was used, in [0, 1].
    """

    end: float
    running: int
    ordered: int
    arrivals: int
    busy: float


class Policy(Protocol):
    """Decides how many machines there are."""

    def desired(self, minute: Minute) -> int:
        """Machines that are wanted from now on."""


class Outcome(NamedTuple):
    """What happened.

    Attributes:
        waits: seconds of each photo before its slot; infinite where it was refused.
        machine_seconds: from order to end, summed over machines.
        ordered: machines at the end of each minute.
    """

    waits: Floats
    machine_seconds: float
    ordered: npt.NDArray[np.int64]


@dataclass
class Fleet:
    """The machines of now.

    Attributes:
        kind: what each of them is.
        slots: time at which a slot is free next, and its machine; a heap.
        starting: time at which a machine takes photos, and its number; in order.
        running: number of each machine that takes photos, and when it was ordered.
        waiting: times at which accepted photos begin that have not begun yet; a heap.
    """

    kind: Machine
    slots: list[tuple[float, int]] = field(default_factory=list)
    starting: deque[tuple[float, int, float]] = field(default_factory=deque)
    running: dict[int, float] = field(default_factory=dict)
    waiting: list[float] = field(default_factory=list)
    machine_seconds: float = 0.0
    numbers: "count[int]" = field(default_factory=count)

    @property
    def ordered(self) -> int:
        """Machines that run or start."""
        return len(self.running) + len(self.starting)

    def order(self, now: float, ready: float) -> None:
        """One more machine, which takes photos from a time on."""
        self.starting.append((ready, next(self.numbers), now))

    def begin(self, now: float) -> None:
        """Let machines whose start is over take photos."""
        while self.starting and self.starting[0][0] <= now:
            ready, number, since = self.starting.popleft()
            self.running[number] = since
            for _ in range(self.kind.slots):
                heapq.heappush(self.slots, (ready, number))

    def end(self, now: float) -> None:
        """One machine less: one that still starts, else the one that is idle first."""
        if self.starting:
            self.machine_seconds += now - self.starting.pop()[2]
            return
        # it finishes what waits at it
        last: dict[int, float] = {}
        for free, number in self.slots:
            last[number] = max(last.get(number, 0.0), free)
        number = min(self.running, key=lambda each: last[each])
        self.machine_seconds += max(now, last[number]) - self.running.pop(number)
        self.slots = [slot for slot in self.slots if slot[1] != number]
        heapq.heapify(self.slots)

    def close(self, now: float) -> float:
        """Machine-seconds of all, up to a time."""
        since = [*self.running.values(), *(ordered for _, _, ordered in self.starting)]
        return self.machine_seconds + sum(now - each for each in since)

    def accept(self, now: float, seconds: float) -> float:
        """Take a photo, which takes a slot for some seconds.

        Returns:
            Seconds until it begins; infinite if it is refused.
        """
        if self.starting and self.starting[0][0] <= now:
            self.begin(now)
        waiting = self.waiting
        while waiting and waiting[0] <= now:
            heapq.heappop(waiting)
        free, number = self.slots[0]
        if free > now and len(waiting) >= self.kind.queue * len(self.running):
            return float("inf")
        start = max(free, now)
        heapq.heapreplace(self.slots, (start + seconds, number))
        if start > now:
            heapq.heappush(waiting, start)
        return start - now


class Photos(NamedTuple):
    """Photos of some minutes.

    Attributes:
        arrivals: time of each photo, in s, rising.
        seconds: of a slot that each photo takes.
        minutes: that are simulated.
    """

    arrivals: Floats
    seconds: Floats
    minutes: int


def simulate(photos: Photos, kind: Machine, policy: Policy, first: int) -> Outcome:
    """Run photos through a fleet under a policy.

    Args:
        photos: what comes.
        kind: of the machines.
        policy: is asked at the end of each minute.
        first: machines at the start, which take photos at once.
    """
    arrivals, seconds, minutes = photos
    fleet = Fleet(kind)
    for _ in range(first):
        fleet.order(0.0, 0.0)
    fleet.begin(0.0)
    waits, used = np.empty(len(arrivals)), np.zeros(minutes + 1)
    ordered = []
    edges = np.searchsorted(arrivals, MINUTE * np.arange(minutes + 1)).tolist()
    for minute, part in enumerate(map(slice, edges, edges[1:])):
        pairs = zip(arrivals[part].tolist(), seconds[part].tolist(), strict=True)
        waits[part] = [fleet.accept(now, needed) for now, needed in pairs]
        _book(used, arrivals[part] + waits[part], seconds[part])
        _follow(fleet, policy, _ended(fleet, minute, part, used))
        ordered.append(fleet.ordered)
    return Outcome(waits, fleet.close(minutes * MINUTE), np.array(ordered))


def _book(used: Floats, starts: Floats, seconds: Floats) -> None:
    """Add seconds of slots to the minutes in which they begin; the last one takes what is later."""
    accepted = np.isfinite(starts)
    minutes = np.minimum(starts[accepted] // MINUTE, len(used) - 1).astype(int)
    np.add.at(used, minutes, seconds[accepted])


def _ended(fleet: Fleet, minute: int, part: slice, used: Floats) -> Minute:
    end = (minute + 1) * MINUTE
    fleet.begin(end)
    busy = used[minute] / (len(fleet.running) * fleet.kind.slots * MINUTE)
    return Minute(end, len(fleet.running), fleet.ordered, part.stop - part.start, min(1.0, busy))


def _follow(fleet: Fleet, policy: Policy, minute: Minute) -> None:
    desired = policy.desired(minute)
    for _ in range(desired - fleet.ordered):
        fleet.order(minute.end, minute.end + fleet.kind.start_up)
    for _ in range(fleet.ordered - desired):
        fleet.end(minute.end)
