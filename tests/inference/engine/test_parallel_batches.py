"""Sequences: several batches at the same time, each with its share of the threads, in order."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from okng import Judgement, onnx_runtime
from okng.config import Runtime
from okng.inference.engine import InspectionEngine, parallel
from okng.inference.engine.parallel import inspect_batches
from okng.inference.engine.read_ahead import Batch, Readers
from okng.inference.frames import Frame
from okng.inference.sessions import Arrays, open_session
from okng.testing import BrightnessSession

AT_ONCE = 8


def _photos(count: int, size: int = 6) -> list[np.ndarray]:
    return [np.full((size, size, 3), 20 + 3 * (number % 60), np.uint8) for number in range(count)]


@pytest.fixture
def engine(exported: Path, session: BrightnessSession) -> Iterator[InspectionEngine]:
    """Open, with two threads; the batches of its check are not counted."""
    with InspectionEngine(exported, threads=2) as engine:
        session.batches.clear()
        yield engine


def test_inspections_come_in_order(engine: InspectionEngine) -> None:
    """Each is that of its photo, whichever batch ends first."""
    photos = _photos(5 * AT_ONCE + 3)
    scores = [inspection.verdict.defect_score for inspection in engine.stream(photos)]

    assert scores == pytest.approx([photo.mean() / 255 for photo in photos])


def test_two_batches_run_at_the_same_time(
    engine: InspectionEngine, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch ends only when another one has begun: one at a time would wait for ever."""
    both = threading.Barrier(2, timeout=5)
    run = session.run

    def meeting(photos: np.ndarray, outputs: Sequence[str]) -> Arrays:
        both.wait()
        return run(photos, outputs)

    monkeypatch.setattr(session, "run", meeting)

    assert len(list(engine.stream(_photos(4 * AT_ONCE)))) == 4 * AT_ONCE


def test_a_bad_photo_costs_no_other_its_verdict(engine: InspectionEngine) -> None:
    """Its batch fails, and is judged photo by photo; the other batches go on."""
    photos = _photos(3 * AT_ONCE)
    photos[9][:] = 0  # the session refuses dark photos
    verdicts = [inspection.verdict for inspection in engine.stream(photos)]

    wrong = [n for n, verdict in enumerate(verdicts) if verdict.verdict is Judgement.ERROR]
    assert wrong == [9]


def test_only_a_few_batches_are_ahead(engine: InspectionEngine, session: BrightnessSession) -> None:
    """Two run and one waits while the first of all is used; closing drops the rest."""
    inspections = engine.stream(_photos(20 * AT_ONCE))
    next(inspections)
    engine_runs = engine.pin().runs
    inspections.close()
    engine.close()

    assert engine_runs == 2
    assert len(session.batches) <= 3


def test_a_single_batch_gets_all_threads(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session for many batches is opened only where there are many."""
    opened: list[tuple[int | None, int]] = []

    def opening(data: bytes, runtime: Runtime, threads: int | None, runs: int = 1) -> Any:
        opened.append((threads, runs))
        return BrightnessSession()

    monkeypatch.setattr("okng.inference.engine.loaded.open_session", opening)
    with InspectionEngine(exported, threads=2) as engine:
        few = list(engine.stream(_photos(AT_ONCE)))
        assert opened == [(2, 1)]
        many = list(engine.stream(_photos(AT_ONCE + 1)))

    assert opened == [(2, 1), (2, 2)]
    assert (len(few), len(many)) == (AT_ONCE, AT_ONCE + 1)


def test_a_warm_engine_opens_nothing_more(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for one photo nor for many at once, with heatmaps and without."""
    opened: list[int] = []
    open_graph = onnx_runtime.open_graph

    def counted(*given: Any, **options: Any) -> Any:
        opened.append(options["threads"])
        return open_graph(*given, **options)

    monkeypatch.setattr(onnx_runtime, "open_graph", counted)
    with InspectionEngine(exported, threads=2) as engine:
        size = engine.metadata.input.image_size
        engine.warm_up(size, size)
        warm = len(opened)
        assert opened.count(1) == 2  # for batches at the same time: the scores alone, and all
        for heatmap in (False, True):
            engine.inspect(_photos(1, size)[0], heatmap=heatmap)
            list(engine.stream(_photos(3 * AT_ONCE, size), heatmap=heatmap))

    assert len(opened) == warm


@pytest.mark.parametrize("threads", [1, 2])
def test_scores_are_those_of_one_batch_at_a_time(exported: Path, threads: int) -> None:
    """To the last bit, with the real runtime: the batches are the same ones."""
    rng = np.random.default_rng(0)
    photos = [rng.integers(0, 256, (40, 50, 3), dtype=np.uint8) for _ in range(21)]
    with InspectionEngine(exported, threads=threads) as engine:
        model = engine.pin()
        frames = [Frame(photo) for photo in photos]
        batches = [frames[start : start + AT_ONCE] for start in range(0, len(frames), AT_ONCE)]
        alone = [one for batch in batches for one in model.inspect(batch, heatmap=False)]
        together = list(engine.stream(photos))

    assert [one.verdict.defect_score for one in together] == [
        one.verdict.defect_score for one in alone
    ]


@pytest.mark.parametrize("bound", ["WAITING_PIXELS", "BATCH_PIXELS"])
def test_batches_of_large_photos_wait_for_each_other(
    engine: InspectionEngine, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are shown, and those that an older file resizes in its graph."""
    monkeypatch.setattr(parallel, bound, 5000)
    asked: list[int] = []

    def batches() -> Iterator[Batch]:
        for number in range(4):
            asked.append(number)
            yield [Frame(np.full((60, 60, 3), 90, np.uint8))]

    with Readers(2) as pool:
        inspected = inspect_batches(batches(), engine.pin(), pool, heatmap=True)
        next(inspected)
        assert asked == [0, 1]  # the second is 7,200 pixels with the first
        assert len(list(inspected)) == 3


def test_runtimes_share_their_threads(exported: Path) -> None:
    """A session for two batches gives what one for a single batch gives."""
    data = exported.read_bytes()
    photos = np.random.default_rng(1).integers(0, 256, (3, 40, 50, 3), dtype=np.uint8)
    one, two = (open_session(data, Runtime.ONNXRUNTIME, 2, runs) for runs in (1, 2))

    given = [session.run(photos, ["defect_score"])["defect_score"] for session in (one, two)]
    assert np.array_equal(given[0], given[1])


def test_runs_are_bounded_by_the_pixels_of_the_network(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every core holds a batch of feature maps; the threads are then shared by fewer."""
    monkeypatch.setattr("okng.inference.engine.loaded._PIXELS_OF_RUNS", 3 * AT_ONCE * 32**2)
    with InspectionEngine(exported, threads=6) as engine:
        assert engine.pin().runs == 3
