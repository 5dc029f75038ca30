"""A photo alone gets all threads; photos that wait for each other get one each."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from okng.commands.train import Run
from okng.config import Runtime
from okng.inference.engine import InspectionEngine
from okng.inference.engine.loaded import LoadedModel
from okng.inference.frames import Frame, ReadError
from okng.inference.inspection import Inspection
from okng.modelfile.metadata import FLOAT_RESIZE
from okng.testing import BrightnessSession

Grey = Callable[..., np.ndarray]


class Calls:
    """Batches as they are inspected.

    Attributes:
        parallel: whether each shared the threads.
        threads: names of the threads that inspected.
        sizes: photos of each.
        priorities: of the threads, where 0 is that of a process and a larger number waits longer.
        now: how many are inspected at this moment.
    """

    def __init__(self) -> None:
        self.parallel: list[bool] = []
        self.threads: list[str] = []
        self.sizes: list[int] = []
        self.priorities: list[int] = []
        self.now = 0


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Records every batch."""
    seen, inspect = Calls(), LoadedModel.inspect

    def recorded(
        model: LoadedModel,
        photos: Sequence[Frame | ReadError],
        *,
        heatmap: bool,
        parallel: bool = False,
    ) -> list[Inspection]:
        seen.parallel.append(parallel)
        seen.threads.append(threading.current_thread().name)
        seen.sizes.append(len(photos))
        seen.priorities.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        seen.now += 1
        try:
            return inspect(model, photos, heatmap=heatmap, parallel=parallel)
        finally:
            seen.now -= 1

    monkeypatch.setattr(LoadedModel, "inspect", recorded)
    return seen


@pytest.fixture
def by_load(
    exported: Path, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InspectionEngine]:
    """An engine that follows the load, as on a PC of three cores, with a file of today's resize."""
    monkeypatch.setattr("okng.inference.engine.loaded.WHOLE_RESIZE", FLOAT_RESIZE)
    monkeypatch.setattr("okng.inference.engine.loaded.cores", lambda: 3)
    with InspectionEngine(exported) as engine:
        yield engine
        session.free.set()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)


def test_photos_one_after_the_other_get_all_threads(
    by_load: InspectionEngine, calls: Calls, grey: Grey
) -> None:
    """Each from the same thread: the threads of its session are bound to other cores."""
    for level in range(40, 60):
        by_load.submit(grey(level, 4)).result()

    assert calls.parallel == [False] * 20
    assert len(set(calls.threads)) == 1


def test_batches_share_the_threads_under_load(
    by_load: InspectionEngine, session: BrightnessSession, calls: Calls, grey: Grey
) -> None:
    """Three at the same time, the second and the third of them on a thread each."""
    session.free.clear()
    futures = []
    for number in range(6):  # heatmaps in turn, so that none shares a batch with the next
        futures.append(by_load.submit(grey(50, 4), heatmap=number % 2 == 0))
        _until(lambda: calls.now >= min(3, len(futures)))
    together = calls.now
    session.free.set()

    assert all(future.result().verdict.ok for future in futures)
    assert together == 3
    assert calls.parallel[:3] == [False, True, True]


def test_photos_that_wait_are_shared_out(
    by_load: InspectionEngine, session: BrightnessSession, calls: Calls, grey: Grey
) -> None:
    """One batch of all would leave two of three cores without work."""
    session.free.clear()
    futures = [by_load.submit(grey(50, 4), max_wait=2) for _ in range(8)]
    _until(lambda: calls.now == 3)
    session.free.set()

    assert all(future.result().verdict.ok for future in futures)
    assert sorted(calls.sizes) == [2, 3, 3]
    assert calls.parallel == [True] * 3


def test_a_core_alone_takes_no_more_than_its_share(
    by_load: InspectionEngine, session: BrightnessSession, calls: Calls, grey: Grey
) -> None:
    """Two cores are busy, and eight photos wait: the third one leaves half of them."""
    session.free.clear()
    busy = [by_load.submit(grey(50, size)) for size in (4, 5)]
    _until(lambda: calls.now == 2)
    futures = [by_load.submit(grey(50, 6), max_wait=2) for _ in range(8)]
    _until(lambda: calls.now == 3)
    taken = sorted(calls.sizes)
    session.free.set()

    assert all(future.result().verdict.ok for future in (*busy, *futures))
    assert taken == [1, 1, 4]
    assert sum(calls.sizes) == 10


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
def test_threads_that_judge_stand_back(by_load: InspectionEngine, calls: Calls, grey: Grey) -> None:
    """Those that take and answer requests come first; this thread keeps its priority."""
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    by_load.submit(grey(50, 4)).result()

    assert calls.priorities == [before + 3]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


def test_older_files_have_one_batch_at_a_time(
    exported: Path, session: BrightnessSession, calls: Calls, grey: Grey
) -> None:
    """They compute with the pixels of whole photos, so that two would take twice the memory."""
    with InspectionEngine(exported, threads=3) as engine:
        session.free.clear()
        futures = [engine.submit(grey(50, 4), heatmap=number % 2 == 0) for number in range(3)]
        time.sleep(0.05)
        together = calls.now
        session.free.set()
        assert all(future.result().verdict.ok for future in futures)

    assert together == 1


def test_scores_are_the_same_alone_and_under_load(run: Run) -> None:
    """Whichever session computes them, by a real network."""
    rng = np.random.default_rng(0)
    photos = [rng.integers(0, 255, (32, 32, 3), np.uint8) for _ in range(24)]
    with InspectionEngine(run.model_file, threads=2) as engine:
        engine.warm_up()
        alone = [engine.submit(photo).result().verdict.defect_score for photo in photos]
        waiting = [engine.submit(photo) for photo in photos]
        assert [future.result().verdict.defect_score for future in waiting] == pytest.approx(
            alone, abs=1e-6
        )


def test_so_many_sessions_as_asked_for_have_one_batch_each(
    exported: Path, session: BrightnessSession, calls: Calls, grey: Grey
) -> None:
    """Nothing is shared where the number was given."""
    with InspectionEngine(exported, runtime=Runtime.ONNXRUNTIME, sessions=2) as engine:
        session.free.clear()
        futures = [engine.submit(grey(50, 4), heatmap=number % 2 == 0) for number in range(4)]
        _until(lambda: calls.now == 2)
        together = calls.now
        session.free.set()
        assert all(future.result().verdict.ok for future in futures)

    assert together == 2
    assert not any(calls.parallel)
