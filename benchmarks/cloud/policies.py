"""Policies of autoscaling as AWS documents them, asked once a minute.

Target tracking makes two alarms of its own: above the target in 3 minutes of 3, and below 90 % of
it in 15 of 15 (https://repost.aws/questions/QUf450Wsd9RROGGOIwaolN9w, SageMaker; the alarms of ECS
are the same). Then it asks for as many machines as bring the metric to the target.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fleet import Minute

HIGH_POINTS, LOW_POINTS, LOW_SHARE = 3, 15, 0.9

Metric = Callable[[Minute], float]


def invocations_per_machine(minute: Minute) -> float:
    """`SageMakerVariantInvocationsPerInstance`: photos of the minute for each machine."""
    return minute.arrivals / minute.running


def cpu(minute: Minute) -> float:
    """`ECSServiceAverageCPUUtilization`, in percent; it cannot say how much more is needed."""
    return 100 * minute.busy


class Limits(NamedTuple):
    """Bounds of a policy.

    Attributes:
        least: machines at least.
        most: machines at most.
        scheduled: least number from a second of the day on; scheduled actions.
    """

    least: int
    most: int
    scheduled: Mapping[float, int] = {}

    def least_at(self, now: float) -> int:
        """Machines at least, by the scheduled action that came last."""
        past = [time for time in self.scheduled if time <= now]
        return self.scheduled[max(past)] if past else self.least


@dataclass
class Fixed:
    """Always as many machines."""

    machines: int

    def desired(self, minute: Minute) -> int:  # noqa: ARG002 - see `Policy`
        """See `Policy.desired`."""
        return self.machines


@dataclass
class TargetTracking:
    """Keeps a metric near a target.

    Attributes:
        metric: of a minute.
        target: of the metric.
        limits: bounds.
        delay: minutes until a metric is seen.
        in_cooldown: seconds without a decrease after any change.
        one_change_at_a_time: whether a fleet whose machines still start takes no other change, as
            an endpoint of SageMaker that is `Updating`.
    """

    metric: Metric
    target: float
    limits: Limits
    delay: int = 1
    in_cooldown: float = 300.0
    one_change_at_a_time: bool = False
    _points: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=64))
    _changed: float = -math.inf

    def desired(self, minute: Minute) -> int:
        """See `Policy.desired`."""
        self._points.append((self.metric(minute), minute.running))
        floor = self.limits.least_at(minute.end)
        if self.one_change_at_a_time and minute.ordered > minute.running:
            return minute.ordered
        if minute.ordered < floor:
            return self._change(minute, floor)
        wanted = self._wanted(minute)
        return self._change(minute, min(max(wanted, floor), self.limits.most))

    def _wanted(self, minute: Minute) -> int:
        """Machines by the alarms and cooldowns, without bounds."""
        seen = list(self._points)[: len(self._points) - self.delay]
        high, low = seen[-HIGH_POINTS:], seen[-LOW_POINTS:]
        if len(high) == HIGH_POINTS and min(high)[0] > self.target:
            # What was ordered counts, so that machines that start are not ordered twice; with
            # that, a cooldown of increases changes nothing.
            return max(minute.ordered, self._fitting(*high[-1]))
        if len(low) == LOW_POINTS and max(low)[0] < LOW_SHARE * self.target:
            wanted = self._fitting(*low[-1])
            calm = minute.end - self._changed >= self.in_cooldown
            return min(wanted, minute.ordered) if calm else minute.ordered
        return minute.ordered

    def _fitting(self, metric: float, running: int) -> int:
        """Machines that bring a metric to the target, by those that ran when it was taken.

        With those of now, machines that have just started would be ordered again: the metric is
        that of before.
        """
        return math.ceil(running * metric / self.target)

    def _change(self, minute: Minute, machines: int) -> int:
        if machines != minute.ordered:
            self._changed = minute.end
        return machines
