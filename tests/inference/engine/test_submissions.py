"""Photos that are submitted: futures, batches, bounds, faults, and the end of an engine."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, wait
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from okng import Judgement
from okng.errors import EngineClosedError, EngineFullError
from okng.inference.engine import InspectionEngine
from okng.inference.frames import Frame, ReadError, read
from okng.testing import BrightnessSession

Grey = Callable[..., np.ndarray]


def _busy(engine: InspectionEngine, session: BrightnessSession, photo: np.ndarray) -> None:
    """Keep the only session busy with a photo of its own size until `session.free` is set."""
    session.free.clear()
    engine.submit(photo)
    while not session.batches:
        time.sleep(0.001)


def _wait_until_read(engine: InspectionEngine, photos: int) -> None:
    """Until so many photos wait for the session: those that are read count no less."""
    deadline = time.monotonic() + 5
    while engine.load.waiting < photos and time.monotonic() < deadline:
        time.sleep(0.001)


def test_each_future_gets_the_inspection_of_its_photo(engine: InspectionEngine, grey: Grey) -> None:
    """Bytes, arrays and paths, in any order."""
    futures = [engine.submit(grey(level, 4)) for level in range(20, 240, 10)]

    scores = [future.result().verdict.defect_score for future in futures]
    assert scores == pytest.approx([level / 255 for level in range(20, 240, 10)])


def test_a_free_session_takes_all_that_waits(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """Photos of one size share a batch; another size and heatmaps have batches of their own."""
    _busy(engine, session, grey(50, 3))
    alike = [engine.submit(grey(level, 4)) for level in (60, 70, 80)]
    other = engine.submit(grey(90, 5))
    drawn = engine.submit(grey(99, 4), heatmap=True)
    _wait_until_read(engine, 5)
    session.free.set()

    assert [f.result().verdict.heatmap is None for f in [*alike, other, drawn]] == [
        True, True, True, True, False,
    ]  # fmt: skip
    assert session.batches[0] == 1
    assert sorted(session.batches[1:]) == [1, 1, 3]


def test_photos_that_may_wait_share_a_batch(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """A full batch goes at once, and one that is not full when the first photo is due."""
    full = [engine.submit(grey(level, 4), max_wait=30) for level in range(50, 58)]
    assert [future.result(5).verdict.ok for future in full] == [True] * 8

    begun = time.monotonic()
    rest = [engine.submit(grey(level, 4), max_wait=0.2) for level in (60, 70)]
    assert all(future.result(5).verdict.ok for future in rest)
    assert time.monotonic() - begun >= 0.2
    assert session.batches == [8, 2]


def test_pixels_in_flight_are_bounded(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """Room is counted in pixels; it comes back with each inspection."""
    session.free.clear()
    first, second = engine.submit(grey(50)), engine.submit(grey(60))

    assert engine.load[:2] == (2, 5000)
    with pytest.raises(EngineFullError, match="no room"):
        engine.submit(grey(70, 1), timeout=0)
    session.free.set()
    assert first.result(5).verdict.ok
    assert second.result(5).verdict.ok
    assert engine.submit(grey(70), timeout=5).result(5).verdict.ok


def test_a_photo_above_the_bound_is_let_in_alone(engine: InspectionEngine, grey: Grey) -> None:
    """It would never be judged otherwise."""
    assert engine.submit(grey(50, 200), timeout=5).result(5).verdict.ok


def test_a_cancelled_photo_never_reaches_the_network(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """Its client has gone; its room is free again."""
    _busy(engine, session, grey(50, 3))
    abandoned = engine.submit(grey(60, 4))
    _wait_until_read(engine, 1)

    assert abandoned.cancel()
    session.free.set()
    assert engine.submit(grey(70, 4)).result(5).verdict.ok
    assert sum(session.batches) == 2
    engine.close()
    with pytest.raises(CancelledError):
        abandoned.result()


def test_waiting_on_cancelled_photos_ends(
    engine: InspectionEngine, grey: Grey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where they were cancelled while they were read; their room is free again."""
    gate = threading.Event()

    def slow(*arguments: Any) -> Frame | ReadError:
        gate.wait(10)
        return read(*arguments)

    monkeypatch.setattr("okng.inference.engine.submissions.read", slow)
    futures = [engine.submit(grey(60, 4)) for _ in range(20)]
    assert all(future.cancel() for future in futures)
    gate.set()

    assert not wait(futures, 5).not_done
    engine.close()


def test_a_timeout_is_answered_at_its_time(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """Not when the session is free again; the photo is dropped then."""

    async def asked() -> None:
        await asyncio.wait_for(asyncio.wrap_future(engine.submit(grey(60, 4))), 0.05)

    _busy(engine, session, grey(50, 3))
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(asked())
    assert time.monotonic() - begun < 5
    session.free.set()
    engine.close()
    assert sum(session.batches) == 1


def test_only_the_photo_that_fails_is_an_error(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """The photos of its batch are judged alone, and the engine goes on."""
    _busy(engine, session, grey(50, 3))
    futures = [engine.submit(grey(level, 4)) for level in (60, 0, 255, 80)]
    broken = engine.submit(b"no photo")
    _wait_until_read(engine, 5)
    session.free.set()

    inspections = [future.result(5) for future in [*futures, broken]]
    assert [(i.verdict.verdict, i.error_code) for i in inspections] == [
        (Judgement.OK, ""),
        (Judgement.ERROR, "inference.failed"),
        (Judgement.ERROR, "inference.no-score"),
        (Judgement.OK, ""),
        (Judgement.ERROR, "photo.no-photo"),
    ]
    assert engine.submit(grey(70, 4)).result(5).verdict.ok


def test_what_is_no_photo_fails_its_own_future(engine: InspectionEngine, grey: Grey) -> None:
    """A fault of the program is raised where the result is asked for; the engine goes on."""
    future = engine.submit(3.14)  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="not a photo"):
        future.result(5)
    assert engine.submit(grey(70, 4)).result(5).verdict.ok


def test_a_closed_engine_takes_no_photo(exported: Path) -> None:
    """Before it is opened and after it is closed; opening and closing twice do nothing."""
    engine = InspectionEngine(exported, threads=1)
    photo = np.zeros((8, 8, 3), np.uint8)
    for _ in range(2):
        with pytest.raises(EngineClosedError, match="not open"):
            engine.submit(photo)
        with pytest.raises(EngineClosedError):
            engine.inspect(photo)
        with pytest.raises(EngineClosedError):
            next(engine.stream([photo]))
        engine.open()
        engine.open()
        assert engine.submit(photo).result(5).verdict.verdict in Judgement
        engine.close()
        engine.close()


def test_closing_judges_what_was_submitted(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """What the engine has accepted, it finishes."""
    futures = [engine.submit(grey(level, 20)) for level in range(50, 62)]
    engine.close()

    assert [future.done() and future.result().verdict.ok for future in futures] == [True] * 12
    assert sum(session.batches) == 12


def test_closing_in_time_cancels_what_waits(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """Photos that may wait for others do not hold it up."""
    futures = [engine.submit(grey(level, 4), max_wait=60) for level in (60, 70)]
    begun = time.monotonic()
    engine.close(timeout=0.05)

    assert time.monotonic() - begun < 5
    assert [future.cancelled() for future in futures] == [True, True]
    assert session.batches == []


def test_warming_up_leaves_nothing_behind(engine: InspectionEngine) -> None:
    """Its photos are judged, with and without heatmap, and are no longer in flight."""
    engine.warm_up(height=10, width=20)

    assert engine.load[:2] == (0, 0)
