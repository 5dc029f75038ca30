"""The simulation of Lambda agrees with theory, and counts what AWS bills."""

import numpy as np
import pytest
from environments import Function, invoke
from fleet import Floats
from prices import lambda_cost


def _alone(times: list[float], seconds: float = 1.0) -> tuple[Floats, Floats]:
    return np.array(times), np.full(len(times), seconds)


def test_a_warm_environment_takes_the_next_photo() -> None:
    """One cold start; 30 s later the same one is idle."""
    done = invoke(*_alone([0.0, 30.0, 60.0]), Function(cold_start=3.0))

    assert done.waits.tolist() == [3.0, 0.0, 0.0]
    assert (done.cold, done.most) == (1, 1)


def test_photos_at_once_start_as_many_environments() -> None:
    """Each takes one photo at a time."""
    done = invoke(*_alone([0.0, 0.1, 0.2]), Function(cold_start=3.0))

    assert (done.cold, done.most) == (3, 3)


def test_an_idle_environment_ends() -> None:
    """Ten minutes after its last photo."""
    done = invoke(*_alone([0.0, 500.0, 1102.0]), Function(cold_start=0.0, idle=600.0))

    assert done.cold == 2


def test_the_environment_that_was_used_last_is_used_again() -> None:
    """So that those of a burst end, and are not kept warm by turns."""
    times = [0.0, 0.0, 100.0, 200.0, 300.0, 300.0]
    done = invoke(*_alone(times), Function(cold_start=0.0, idle=250.0))

    assert done.cold == 3  # one of the two of the start has ended by 300 s


def test_starts_are_billed_and_times_rounded_up_to_milliseconds() -> None:
    """A start of 3 s and two handlers of 1.0004 s."""
    done = invoke(*_alone([0.0, 60.0], 1.0004), Function(cold_start=3.0))

    assert done.billed_seconds == pytest.approx(4.001 + 1.001)
    assert lambda_cost(done.billed_seconds, 1024, 2) == pytest.approx(
        5.002 * 0.0000166667 + 2 * 0.2e-6
    )


def test_as_many_environments_run_as_little_says() -> None:
    """Mean number of busy ones = rate x time."""
    rng = np.random.default_rng(0)
    arrivals = np.sort(rng.uniform(0, 3600, 36_000))
    seconds = rng.exponential(0.5, len(arrivals))
    done = invoke(arrivals, seconds, Function(cold_start=0.0))

    assert done.billed_seconds / 3600 == pytest.approx(10 * 0.5, rel=0.02)


def test_photos_beyond_the_concurrency_are_refused_as_erlang_says() -> None:
    """M/M/5/5 with an offered load of 5: a share of 0.285."""
    rng = np.random.default_rng(0)
    arrivals = np.sort(rng.uniform(0, 20_000, 100_000))
    seconds = rng.exponential(1.0, len(arrivals))
    done = invoke(arrivals, seconds, Function(cold_start=0.0, concurrency=5))

    assert np.mean(np.isinf(done.waits)) == pytest.approx(0.2849, rel=0.02)
    assert done.most == 5
