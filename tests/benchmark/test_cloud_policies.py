"""Policies of autoscaling ask for machines when AWS documents that they do."""

import math
from collections.abc import Sequence

import pytest
from fleet import MINUTE, Minute
from policies import Limits, TargetTracking, cpu, invocations_per_machine

PER_MACHINE = 100.0
LIMITS = Limits(1, 20)


def _minutes(arrivals: Sequence[int], running: int = 2, busy: float = 0.5) -> list[Minute]:
    return [
        Minute((number + 1) * MINUTE, running, running, count, busy)
        for number, count in enumerate(arrivals)
    ]


def _tracking(limits: Limits = LIMITS, **kwargs: float) -> TargetTracking:
    settings = {"delay": 0, **kwargs}
    return TargetTracking(invocations_per_machine, PER_MACHINE, limits, **settings)  # type: ignore[arg-type]


def _asked(policy: TargetTracking, minutes: Sequence[Minute]) -> list[int]:
    return [policy.desired(minute) for minute in minutes]


def test_three_minutes_above_the_target_order_machines() -> None:
    """As many as bring the metric to the target: 2 x 250 / 100."""
    assert _asked(_tracking(), _minutes([500, 500, 500])) == [2, 2, 5]


def test_two_minutes_above_the_target_order_none() -> None:
    """The alarm wants three of three."""
    assert set(_asked(_tracking(), _minutes([500, 500, 100, 500, 500]))) == {2}


def test_a_metric_is_seen_later() -> None:
    """The third high minute is seen a minute after its end."""
    assert _asked(_tracking(delay=1), _minutes([500] * 4)) == [2, 2, 2, 5]


def test_fifteen_minutes_below_end_machines() -> None:
    """Below 90 % of the target: to as many as give the target."""
    asked = _asked(_tracking(), _minutes([300] * 15, running=6))

    assert asked == [6] * 14 + [3]


def test_between_90_and_100_percent_nothing_changes() -> None:
    """There are no alarms."""
    assert set(_asked(_tracking(), _minutes([190] * 40))) == {2}


def test_a_decrease_waits_for_the_cooldown() -> None:
    """Minutes 15 and 20, with 5 minutes between them, though the alarm stays."""
    policy = _tracking(in_cooldown=300.0)
    changes = [
        (minute, policy.desired(Minute(minute * MINUTE, 6, 6, 300, 0.5))) for minute in range(1, 22)
    ]

    assert [minute for minute, asked in changes if asked < 6] == [15, 20]


@pytest.mark.parametrize(("arrivals", "expected"), [(10_000, 4), (0, 2)])
def test_bounds_hold(arrivals: int, expected: int) -> None:
    """Neither above the most nor below the least."""
    assert _asked(_tracking(Limits(2, 4)), _minutes([arrivals] * 20, running=3))[-1] == expected


def test_machines_that_start_are_not_ordered_again() -> None:
    """5 are wanted for 2 that run: once 5 are ordered, no more."""
    policy = _tracking()
    _asked(policy, _minutes([500] * 3))

    assert policy.desired(Minute(4 * MINUTE, 2, 5, 500, 1.0)) == 5


def test_an_endpoint_that_updates_takes_no_change() -> None:
    """Even where twice as many photos come meanwhile; a service of ECS does take it."""
    endpoint, tasks = _tracking(one_change_at_a_time=True), _tracking()
    for policy in (endpoint, tasks):
        _asked(policy, _minutes([500] * 3))
    meanwhile = Minute(4 * MINUTE, 2, 5, 1000, 1.0)

    assert (endpoint.desired(meanwhile), tasks.desired(meanwhile)) == (5, 10)


def test_a_schedule_raises_the_least_number_in_time() -> None:
    """From its time on, and until the next one."""
    limits = Limits(1, 9, {3 * MINUTE: 4, 5 * MINUTE: 2})

    assert [limits.least_at(minute * MINUTE) for minute in range(1, 7)] == [1, 1, 4, 4, 2, 2]
    assert _asked(_tracking(limits), _minutes([0] * 3)) == [2, 2, 4]


def test_cpu_hides_how_much_is_missing() -> None:
    """At 100 % and target 60 a fleet grows by two thirds, however long the queue is."""
    policy = TargetTracking(cpu, 60.0, Limits(1, 50), delay=0)

    assert _asked(policy, _minutes([10**6] * 3, running=3, busy=1.0))[-1] == math.ceil(3 / 0.6)


def test_machines_that_have_just_started_are_not_ordered_again() -> None:
    """The metric that is seen is that of before: 3 for 1 that ran, not 9 for 3 that run."""
    policy = _tracking(delay=1)
    before = _minutes([300] * 4, running=1)
    now = Minute(5 * MINUTE, 3, 3, 300, 0.5)

    assert [*_asked(policy, before), policy.desired(now)] == [1, 1, 1, 3, 3]
