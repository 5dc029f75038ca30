"""The simulation of a fleet agrees with queueing theory, and counts what AWS bills."""

import math

import numpy as np
import pytest
from fleet import MINUTE, Fleet, Floats, Machine, Minute, Outcome, Photos, simulate
from policies import Fixed
from traces import service

HOURS = 4
DURATION = HOURS * 3600.0


def _poisson(rate: float, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    return np.sort(rng.uniform(0, DURATION, rng.poisson(rate * DURATION)))


def _run(
    rate: float, mean: float, variation: float, *, slots: int, queue: float = math.inf
) -> Outcome:
    """One machine for some hours."""
    arrivals = _poisson(rate, 1)
    seconds = service(len(arrivals), mean, variation, np.random.default_rng(2))
    photos = Photos(arrivals, seconds, HOURS * 60)
    return simulate(photos, Machine(slots, 0.0, queue), Fixed(1), first=1)


def _erlang_b(offered: float, servers: int) -> float:
    """Share of calls that find all servers busy where none may wait."""
    share = 1.0
    for number in range(1, servers + 1):
        share = offered * share / (number + offered * share)
    return share


def _erlang_c(offered: float, servers: int) -> float:
    """Share of calls that wait."""
    lost = _erlang_b(offered, servers)
    return lost / (1 - offered / servers * (1 - lost))


@pytest.mark.parametrize(("slots", "load"), [(1, 0.5), (2, 0.8), (8, 0.9)])
def test_waits_are_those_of_m_m_c(slots: int, load: float) -> None:
    """Exponential times: the formula of Erlang, within 8 %."""
    mean = 0.1
    rate = load * slots / mean
    waits = _run(rate, mean, 1.0, slots=slots).waits

    share = _erlang_c(rate * mean, slots)
    assert np.mean(waits > 0) == pytest.approx(share, rel=0.03)
    assert waits.mean() == pytest.approx(share * mean / (slots * (1 - load)), rel=0.08)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.9])
def test_waits_are_those_of_m_d_1(load: float) -> None:
    """Equal times: load * time / (2 (1 - load)), half of what exponential ones give."""
    mean = 0.1
    waits = _run(load / mean, mean, 0.0, slots=1).waits

    assert waits.mean() == pytest.approx(load * mean / (2 * (1 - load)), rel=0.08)


def test_waits_are_those_of_m_g_1() -> None:
    """Pollaczek and Khinchin, with the variation that the benchmark assumes."""
    mean, load, variation = 0.1, 0.7, 0.2
    waits = _run(load / mean, mean, variation, slots=1).waits

    expected = load * mean * (1 + variation**2) / (2 * (1 - load))
    assert waits.mean() == pytest.approx(expected, rel=0.08)


def test_photos_that_may_not_wait_are_lost_as_erlang_says() -> None:
    """No room in the queue: M/M/c/c."""
    mean, slots = 0.1, 4
    rate = 1.2 * slots / mean
    waits = _run(rate, mean, 1.0, slots=slots, queue=0).waits

    assert np.mean(np.isinf(waits)) == pytest.approx(_erlang_b(rate * mean, slots), rel=0.03)
    assert set(waits[np.isfinite(waits)]) == {0.0}


def test_a_queue_of_some_photos_loses_what_m_m_1_k_loses() -> None:
    """Load 1.25, five photos in all: (1 - r) r^5 / (1 - r^6)."""
    load, queue = 1.25, 4
    waits = _run(load / 0.1, 0.1, 1.0, slots=1, queue=queue).waits

    expected = (1 - load) * load ** (queue + 1) / (1 - load ** (queue + 2))
    assert np.mean(np.isinf(waits)) == pytest.approx(expected, rel=0.03)


def test_regular_photos_that_fit_never_wait() -> None:
    """D/D/1 below its limit."""
    arrivals = np.arange(0, 600, 0.1)
    photos = Photos(arrivals, np.full(len(arrivals), 0.09), 10)

    assert simulate(photos, Machine(1, 0.0), Fixed(1), first=1).waits.max() == 0


class Steps:
    """Asks for given numbers of machines, minute by minute, and stores what it was told."""

    def __init__(self, *machines: int) -> None:
        self._machines = list(machines)
        self.told: list[Minute] = []

    def desired(self, minute: Minute) -> int:
        """The next number."""
        self.told.append(minute)
        return self._machines.pop(0)


def _steps(policy: Steps, start_up: float, minutes: int, every: float = 1.0) -> Outcome:
    """Regular photos of half a second before one machine, and those that the policy orders."""
    arrivals = np.arange(0, minutes * MINUTE, every)
    photos = Photos(arrivals, np.full(len(arrivals), 0.5), minutes)
    return simulate(photos, Machine(1, start_up), policy, first=1)


def test_machines_are_billed_from_order_to_end() -> None:
    """Ordered after minutes 1 and 2, ended after minutes 3 and 4, of five minutes."""
    outcome = _steps(Steps(2, 3, 2, 1, 1), start_up=0.0, minutes=5)

    assert outcome.machine_seconds == pytest.approx(MINUTE * (5 + 2 + 2))
    assert outcome.ordered.tolist() == [2, 3, 2, 1, 1]


def test_a_machine_that_starts_takes_no_photo() -> None:
    """Twice as many photos as one machine judges: waits rise until the second one is there."""
    outcome = _steps(Steps(2, 2, 2, 2), start_up=90.0, minutes=4, every=0.25)
    arrivals = np.arange(0, 4 * MINUTE, 0.25)

    before = outcome.waits[arrivals < MINUTE + 90.0]
    assert np.all(np.diff(before) > 0)
    assert outcome.waits[arrivals >= MINUTE + 90.0].min() == 0


def test_the_policy_is_told_what_happened() -> None:
    """Photos of the minute, machines that run and start, and the share of time that was used."""
    policy = Steps(2, 2, 2)
    _steps(policy, start_up=90.0, minutes=3)

    assert [(m.end, m.arrivals, m.running, m.ordered) for m in policy.told] == [
        (60, 60, 1, 1), (120, 60, 1, 2), (180, 60, 2, 2),
    ]  # fmt: skip
    assert [m.busy for m in policy.told] == pytest.approx([0.5, 0.5, 0.25])


def test_busy_time_is_never_more_than_all() -> None:
    """A queue is work of later minutes: the CPU says 100 %, not how much is missing."""
    policy = Steps(1, 1, 1)
    _steps(policy, start_up=0.0, minutes=3, every=0.1)

    assert max(m.busy for m in policy.told) <= 1.0


def test_a_machine_that_ends_finishes_its_photos() -> None:
    """It is billed until then, and takes no more."""
    fleet = Fleet(Machine(1, 0.0))
    for _ in range(2):
        fleet.order(0.0, 0.0)
    fleet.begin(0.0)
    for seconds in (30.0, 40.0):
        fleet.accept(0.0, seconds)

    fleet.end(10.0)

    assert fleet.machine_seconds == 30.0
    assert fleet.accept(10.0, 1.0) == 30.0  # behind the photo of the other machine


def test_a_machine_that_still_starts_ends_first() -> None:
    """It has no photos, and nobody waits for it."""
    fleet = Fleet(Machine(1, 300.0))
    fleet.order(0.0, 0.0)
    fleet.begin(0.0)
    fleet.order(60.0, 360.0)

    fleet.end(120.0)

    assert (fleet.ordered, len(fleet.starting), fleet.machine_seconds) == (1, 0, 60.0)
