"""States and jobs of a vision system, without OPC UA."""

import threading
import time

import pytest

from okng.connect.vision_server.jobs import Asked, Jobs
from okng.connect.vision_server.states import Machine, Mode, State


def _ready() -> Machine:
    machine = Machine()
    machine.select_automatic()
    return machine


def test_a_system_begins_in_preoperational() -> None:
    """Only the automatic mode leads out of it."""
    machine = Machine()

    assert (machine.state, machine.mode) == (State.PREOPERATIONAL, Mode.INITIALIZED)
    assert not machine.start(Mode.SINGLE)
    assert machine.select_automatic()
    assert not machine.select_automatic()
    assert machine.mode is Mode.READY


@pytest.mark.parametrize("mode", [Mode.SINGLE, Mode.CONTINUOUS])
def test_one_execution_at_a_time(mode: Mode) -> None:
    """A second start is refused until the first one ended."""
    machine = _ready()

    assert machine.start(mode)
    assert not machine.start(Mode.SINGLE)
    assert machine.end(mode)
    assert not machine.end(mode)
    assert machine.start(Mode.CONTINUOUS)


def test_halted_until_reset() -> None:
    """Nothing starts in Halted; Reset leads to Preoperational."""
    machine = _ready()

    assert machine.halt()
    assert not machine.halt()
    assert not machine.start(Mode.SINGLE)
    assert machine.reset()
    assert machine.state is State.PREOPERATIONAL


def test_a_single_job_is_taken_once() -> None:
    """What the client said goes with it; the key finds it again."""
    jobs = Jobs()
    jobs.attach()
    job = jobs.single(Asked(part="S-1"))
    taken = jobs.next(1.0)

    assert taken == job
    assert jobs.job_of(job.key) == job
    assert jobs.end() == []


def test_jobs_that_nobody_took_are_given_back() -> None:
    """`end` drops and returns them."""
    jobs = Jobs()
    jobs.attach()
    waiting = [jobs.single(Asked()), jobs.single(Asked())]

    assert jobs.end() == waiting


def test_photos_of_a_continuous_job_keep_their_period() -> None:
    """Each photo has a key of its own; they come at multiples of the period."""
    jobs = Jobs()
    jobs.attach()
    job = jobs.begin(Asked())
    start = time.monotonic()
    photos = [jobs.next(0.03) for _ in range(4)]
    took = time.monotonic() - start

    assert {photo.id for photo in photos if photo} == {job.id}
    assert len({photo.key for photo in photos if photo}) == 4
    assert took >= 0.09 - 0.01


def test_rows_of_other_triggers_belong_to_the_continuous_job() -> None:
    """Without it they belong to none."""
    jobs = Jobs()
    before = jobs.job_of("somebody-else")
    running = jobs.begin(Asked())
    during = jobs.job_of("somebody-else")
    jobs.end()

    assert (before, during, jobs.job_of("somebody-else")) == (None, running, None)


def test_detach_ends_a_trigger_that_waits() -> None:
    """`next` returns None at once."""
    jobs = Jobs()
    jobs.attach()
    threading.Timer(0.05, jobs.detach).start()
    start = time.monotonic()

    assert jobs.next(60.0) is None
    assert time.monotonic() - start < 5


def test_only_the_last_jobs_are_remembered() -> None:
    """A station that runs for months does not grow."""
    jobs = Jobs()
    first = jobs.single(Asked())
    for _ in range(10_000):
        jobs.single(Asked())

    assert jobs.job_of(first.key) is None
