"""Streams of the engine: when an inspection comes, in what order, and how a stream ends."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from okng.errors import EngineClosedError
from okng.inference.engine import InspectionEngine
from okng.testing import BrightnessSession

if TYPE_CHECKING:
    from okng.inference import Photo

Grey = Callable[..., np.ndarray]
WAITS = [0.0, 0.01]


class Camera:
    """Gives photos of rising brightness; from the second on, one for each permit."""

    def __init__(self, grey: Grey, photos: int = 100) -> None:
        self.permits = threading.Semaphore(1)
        self.sent = 0
        self._grey, self._photos = grey, photos

    def __iter__(self) -> Iterator[np.ndarray]:
        """One photo per permit."""
        for number in range(self._photos):
            self.permits.acquire()
            self.sent += 1
            yield self._grey(20 + number % 200, 4)


@pytest.mark.parametrize("max_wait", WAITS)
def test_first_inspection_comes_after_the_first_photo(
    engine: InspectionEngine, grey: Grey, max_wait: float
) -> None:
    """Whether or not photos may wait for others, none waits for the next photo of a camera."""
    camera = Camera(grey)
    inspections = engine.stream(camera, max_wait=max_wait)

    for number in range(3):
        score = next(inspections).verdict.defect_score
        assert score == pytest.approx((20 + number) / 255)
        assert camera.sent == number + 1
        camera.permits.release()
    inspections.close()
    camera.permits.release(2)


@pytest.mark.parametrize("max_wait", WAITS)
def test_inspections_come_in_the_order_of_the_photos(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey, max_wait: float
) -> None:
    """Sizes and unreadable photos mix; those that may wait share batches."""
    photos = [b"" if n % 7 == 3 else grey(20 + n, 4 + n % 2) for n in range(60)]
    results = list(engine.stream(iter(photos), max_wait=max_wait))

    expected = [np.nan if isinstance(photo, bytes) else photo[0, 0, 0] / 255 for photo in photos]
    assert np.allclose([r.verdict.defect_score for r in results], expected, equal_nan=True)
    assert (max(session.batches) > 1) == (max_wait > 0)


def test_a_sequence_is_judged_in_full_batches(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey
) -> None:
    """Always the same ones, so that its scores are the same to the last bit."""
    list(engine.stream([grey(50, 4)] * 19))

    assert session.batches == [8, 8, 3]


@pytest.mark.parametrize("max_wait", WAITS)
def test_closing_a_stream_stops_the_reading(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey, max_wait: float
) -> None:
    """The source is not asked for another photo, and the engine goes on."""
    camera = Camera(grey)
    inspections = engine.stream(camera, max_wait=max_wait)
    next(inspections)
    inspections.close()
    camera.permits.release(50)
    time.sleep(0.1)

    assert camera.sent <= 2
    assert sum(session.batches) == 1
    assert engine.inspect(grey(50)).verdict.ok


def test_closing_a_sequence_stops_the_reading(
    engine: InspectionEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Photos that wait to be read are not read any more."""
    read: list[Path] = []

    def empty(path: Path) -> bytes:
        read.append(path)
        return b""

    monkeypatch.setattr("okng.inference.frames.preprocess.read_bytes", empty)
    inspections = engine.stream([tmp_path / f"{n}.jpg" for n in range(200)])
    next(inspections)
    inspections.close()
    time.sleep(0.05)

    assert len(read) < 30


@pytest.mark.parametrize("max_wait", WAITS)
def test_the_error_of_a_source_comes_after_its_photos(
    engine: InspectionEngine, grey: Grey, max_wait: float
) -> None:
    """A camera that is unplugged costs none of the photos before."""

    def source() -> Iterator[np.ndarray]:
        yield from (grey(50, 4), grey(60, 4))
        raise ConnectionError("the camera is gone")

    inspections = engine.stream(source(), max_wait=max_wait)

    assert [next(inspections).verdict.ok for _ in range(2)] == [True, True]
    with pytest.raises(ConnectionError, match="camera is gone"):
        next(inspections)


@pytest.mark.parametrize("max_wait", WAITS)
def test_a_stream_of_a_closed_engine_ends_with_its_error(
    engine: InspectionEngine, grey: Grey, max_wait: float
) -> None:
    """It does not hang."""
    camera = Camera(grey)
    inspections = engine.stream(camera, max_wait=max_wait)
    next(inspections)
    engine.close()
    camera.permits.release(2)

    with pytest.raises(EngineClosedError):
        next(inspections)


def test_untaken_inspections_are_bounded(engine: InspectionEngine, grey: Grey) -> None:
    """A consumer that sleeps holds the source up."""
    camera = Camera(grey, photos=500)
    camera.permits.release(500)
    inspections = engine.stream(camera, max_wait=0.001)
    next(inspections)
    time.sleep(0.3)

    assert camera.sent <= 70
    assert sum(1 for _ in inspections) == 499


def test_photos_come_with_their_pixels(engine: InspectionEngine, grey: Grey) -> None:
    """For pictures of them, without reading them again; a photo that is none has its reason."""
    photos: list[Photo] = [grey(50, 4), b"", grey(60, 5)]
    judged = [(type(one.photo).__name__, one.inspection.verdict.error == "") for one in
              engine.inspect_all(photos)]  # fmt: skip

    assert judged == [("Frame", True), ("ReadError", False), ("Frame", True)]
