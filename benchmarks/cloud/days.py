"""What policies of autoscaling make of a day of photos."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import prices
import traces
from environments import Function, invoke
from fleet import MINUTE, Floats, Machine, Photos, Policy, simulate
from policies import Fixed, Limits, TargetTracking, cpu, invocations_per_machine
from scale import Scale, Speed, environment, instance, task

LOAD = 0.6
"""Share of the slots' time that policies aim at, and that the peak takes of the fixed fleet."""
QUEUE = 64
"""Photos that wait at a station, at most: `server.queue`."""
VARIATION = 0.2
"""Standard deviation of the time of a photo over its mean."""
LATE = 1.0
"""Seconds of waiting after which a photo is late."""
HOUR = 3600.0
SAGEMAKER_START, FARGATE_START, COLD_START = 300.0, 60.0, 3.0
LAMBDA_CONCURRENCY = 1000
"""Of an account that has asked for no more."""


class Day(NamedTuple):
    """What a policy made of a day.

    Attributes:
        policy: its name.
        waits: seconds of each photo; infinite where it was refused.
        dollars: of the day.
        machines: at the end of each minute; None for Lambda.
        cold: photos that waited for the start of an environment.
    """

    policy: str
    waits: Floats
    dollars: float
    machines: Floats | None = None
    cold: int = 0

    @property
    def late(self) -> float:
        """Share of photos that waited for longer than `LATE`, or were refused."""
        return float(np.mean(self.waits > LATE))

    @property
    def refused(self) -> float:
        """Share of photos that no machine had room for."""
        return float(np.mean(np.isinf(self.waits)))

    def percentile(self, percent: float) -> float:
        """Seconds of waiting among accepted photos."""
        return float(np.percentile(self.waits[np.isfinite(self.waits)], percent))


class Kinds(NamedTuple):
    """What the policies run on.

    Attributes:
        sagemaker: instance.
        fargate: task.
        function: environment of Lambda.
        machines: instances that the peak keeps busy to `LOAD`.
    """

    sagemaker: Scale
    fargate: Scale
    function: Scale
    machines: int

    @property
    def peak(self) -> float:
        """Photos a second."""
        return LOAD * self.machines * self.sagemaker.verdicts_per_second


class Trial(NamedTuple):
    """A policy on a kind of machine.

    Attributes:
        name: of the policy.
        of: what a machine gives and costs.
        machine: the same, for the simulation.
        policy: that is tried.
        first: machines at the start of the day.
    """

    name: str
    of: Scale
    machine: Machine
    policy: Policy
    first: int


def kinds_of(measured: Speed, machines: int) -> Kinds:
    """Kinds by what a benchmark measured: two vCPUs each, and one for Lambda."""
    return Kinds(instance(measured), task(2, 4, measured), environment(1, measured), machines)


def trials(kinds: Kinds) -> Iterator[Trial]:
    """Three policies for each of SageMaker and Fargate."""
    peak, most = kinds.machines, 3 * kinds.machines
    alone = Limits(1, most)
    # the plan of shifts is known: a quarter of an hour before the first one
    planned = Limits(1, most, {5.75 * HOUR: peak, 22 * HOUR: 1})
    invocations = LOAD * kinds.sagemaker.verdicts_per_second * MINUTE
    for name, limits in (("target tracking", alone), ("tracking and schedule", planned)):
        yield Trial(
            f"SageMaker, {name}", kinds.sagemaker,
            Machine(kinds.sagemaker.slots, SAGEMAKER_START, QUEUE),
            TargetTracking(invocations_per_machine, invocations, limits, one_change_at_a_time=True),
            1,
        )  # fmt: skip
        yield Trial(
            f"Fargate, {name}", kinds.fargate,
            Machine(kinds.fargate.slots, FARGATE_START, QUEUE),
            TargetTracking(cpu, 100 * LOAD, limits), 1,
        )  # fmt: skip
    for name, of in (("SageMaker", kinds.sagemaker), ("Fargate", kinds.fargate)):
        yield Trial(f"{name}, fixed", of, Machine(of.slots, 0.0, QUEUE), Fixed(peak), peak)


def days(kinds: Kinds, rates: Floats, seed: int) -> Iterator[Day]:
    """One day under every policy; all get the same photos.

    Args:
        kinds: of machines.
        rates: photos a second in each minute.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    arrivals = traces.times(rates, rng)
    factors = traces.service(len(arrivals), 1.0, VARIATION, rng)
    for trial in trials(kinds):
        photos = Photos(arrivals, factors * trial.of.seconds, len(rates))
        outcome = simulate(photos, trial.machine, trial.policy, trial.first)
        dollars = outcome.machine_seconds / HOUR * trial.of.dollars_hour
        yield Day(trial.name, outcome.waits, dollars, outcome.ordered.astype(float))
    yield _on_lambda(kinds.function, arrivals, factors)


def _on_lambda(of: Scale, arrivals: Floats, factors: Floats) -> Day:
    function = Function(COLD_START, concurrency=LAMBDA_CONCURRENCY)
    done = invoke(arrivals, factors * of.seconds, function)
    dollars = prices.lambda_cost(done.billed_seconds, of.memory_mb, len(arrivals))
    return Day(of.name, done.waits, dollars, cold=done.cold)
