"""Many threads on one model: each photo gets its own score, whatever the runtime."""

import asyncio
import importlib.util
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from okng import InspectionEngine, Inspector
from okng.config import Runtime
from okng.inference.engine.submissions import Load
from okng.inference.sessions import ON_CPU


@pytest.fixture(params=ON_CPU)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    """Each runtime that is installed."""
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    found: Runtime = request.param
    return found


@pytest.fixture
def files(photos: Path) -> list[Path]:
    """Photos of 64 pixels."""
    return sorted(photos.rglob("*.jpg"))[::2]


def test_eight_threads_give_the_scores_of_one(
    exported: Path, files: list[Path], runtime: Runtime
) -> None:
    """Scores from eight threads at once equal those from one."""
    inspector = Inspector(exported, runtime=runtime, threads=1)
    alone = [inspector(file).defect_score for file in files]

    with ThreadPoolExecutor(8) as pool:
        rounds = [
            pool.submit(lambda: [inspector(file).defect_score for file in files]) for _ in range(8)
        ]
        together = [result.result() for result in rounds]

    assert all(scores == pytest.approx(alone, abs=1e-6) for scores in together)


@pytest.mark.parametrize("sessions", [1, 3])
def test_eight_threads_submit_to_one_engine(
    exported: Path, files: list[Path], runtime: Runtime, sessions: int
) -> None:
    """While others ask in their own threads, on one session and on several."""
    with InspectionEngine(exported, runtime=runtime, threads=1, sessions=sessions) as engine:
        alone = [engine.inspect(file).verdict.defect_score for file in files]

        def asked(number: int) -> list[float]:
            if number % 2:
                return [engine.inspect(file).verdict.defect_score for file in files]
            futures = [engine.submit(file, heatmap=number % 4 == 0) for file in files]
            return [future.result(30).verdict.defect_score for future in futures]

        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(asked, range(8)))
        assert engine.load == Load(0, 0, 0)

    assert all(scores == pytest.approx(alone, abs=1e-6) for scores in together)


def test_an_engine_serves_an_event_loop(exported: Path, files: list[Path]) -> None:
    """Futures can be awaited, all at once."""

    async def served() -> list[float]:
        futures = [asyncio.wrap_future(engine.submit(file)) for file in files]
        return [inspection.verdict.defect_score for inspection in await asyncio.gather(*futures)]

    with InspectionEngine(exported, threads=1) as engine:
        alone = [engine.inspect(file).verdict.defect_score for file in files]
        assert asyncio.run(served()) == pytest.approx(alone, abs=1e-6)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system does not fork")
def test_a_forked_process_inspects_on(exported: Path) -> None:
    """The threads of its parent are not there; a server with workers forks after loading."""
    inspector = Inspector(exported, threads=1)
    photos = [np.full((16, 16, 3), 100, np.uint8)] * 9
    expected = [verdict.defect_score for verdict in inspector(photos)]
    process = os.fork()
    if not process:
        signal.alarm(20)
        same = [verdict.defect_score for verdict in inspector(photos)] == expected
        same &= inspector.engine.submit(photos[0]).result(10).verdict.ok in {True, False}
        os._exit(0 if same else 1)

    assert os.waitpid(process, 0)[1] == 0
    assert [verdict.defect_score for verdict in inspector(photos)] == expected
