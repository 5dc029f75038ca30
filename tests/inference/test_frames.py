"""Frames: what the network is given, resized while the photo is read."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from okng.config import Runtime
from okng.inference.engine import InspectionEngine, read_ahead
from okng.inference.engine.loaded import LoadedModel
from okng.inference.engine.read_ahead import Readers
from okng.inference.frames import Frame, Photo, ReadError, read
from okng.inference.inspection import Inspection
from okng.inference.sessions import open_session
from okng.modelfile import FLOAT_RESIZE, WHOLE_RESIZE, InputRules
from okng.resize import resize
from okng.testing import BrightnessSession

WHOLE = InputRules(image_size=20, resize=WHOLE_RESIZE)


def _photo(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _frame(photo: Photo, rules: InputRules, *, shown: bool = False) -> Frame:
    frame = read(photo, rules, shown=shown)
    assert isinstance(frame, Frame)
    return frame


def test_reading_resizes_where_the_file_has_our_resize() -> None:
    """An older file gets the whole photo, since its own resize has fractions of grey levels."""
    photo = _photo(60, 45)
    older = WHOLE.model_copy(update={"resize": FLOAT_RESIZE})

    assert np.array_equal(_frame(photo, WHOLE).pixels, resize(photo, 20))
    assert np.array_equal(_frame(photo, older).pixels, photo)


def test_photo_is_kept_only_to_be_shown() -> None:
    """A frame holds the pixels of its network input, and those of the photo where asked."""
    photo = _photo(60, 45)
    plain, shown = _frame(photo, WHOLE), _frame(photo, WHOLE, shown=True)
    equal = _frame(_photo(20, 20), WHOLE, shown=True)

    assert plain.photo is None
    assert shown.photo is photo
    assert [frame.held for frame in (plain, shown, equal)] == [400, 400 + 2700, 400]


@pytest.mark.parametrize("size", [(48, 48), (31, 64), (300, 97), (700, 1001)])
def test_verdict_is_that_of_the_graph(run_engine: InspectionEngine, size: tuple[int, int]) -> None:
    """Outside of the graph or in it, the resize gives one score, to the last bit."""
    photo = _photo(*size)
    graph = open_session(run_engine.file.data, Runtime.ONNXRUNTIME, 1)
    given = graph.run(photo[None], ["defect_score"])["defect_score"][0]

    assert run_engine.inspect(photo).verdict.defect_score == given


def test_photos_of_any_size_share_a_batch(run_engine: InspectionEngine) -> None:
    """Once resized they are alike: nine sizes are two batches of at most eight."""
    photos = [_photo(50 + 7 * number, 60, number) for number in range(9)]
    alone = [run_engine.inspect(photo).verdict.defect_score for photo in photos]
    sizes: list[int] = []
    inspect = run_engine.pin().inspect

    def counted(
        _: LoadedModel, batch: Sequence[Frame | ReadError], *, heatmap: bool, parallel: bool = False
    ) -> list[Inspection]:
        sizes.append(len(batch))
        return inspect(batch, heatmap=heatmap)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LoadedModel, "inspect", counted)
        together = [one.verdict.defect_score for one in run_engine.stream(photos)]

    assert sizes == [8, 1]
    assert together == pytest.approx(alone, abs=1e-6)


def test_read_photos_make_room_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large photo counts with all its pixels only until it was resized."""
    monkeypatch.setattr(read_ahead, "WAITING_PIXELS", 5000)
    last_is_read = threading.Event()

    def read_one(photo: Photo) -> Frame | ReadError:
        frame = read(photo, WHOLE)
        if photo is photos[-1]:
            last_is_read.set()
        return frame

    photos = [_photo(60, 60, number) for number in range(4)]
    with Readers(1) as pool:
        batches = read_ahead.batches(iter(photos), pool, 1, read_one)
        for _ in photos[:-1]:
            next(batches)
        assert last_is_read.wait(5)  # ahead of its turn, with the others resized
        batches.close()


def test_a_read_photo_in_flight_counts_what_it_holds(
    model: Path, session: BrightnessSession
) -> None:
    """Room comes back when a photo was resized, not only when it was inspected."""
    with InspectionEngine(model, pixels=20_000) as engine:
        session.free.clear()  # none is inspected
        futures = [engine.submit(_photo(100, 150, n), timeout=5) for n in range(3)]
        together = engine.load.photos
        session.free.set()

        assert together == 3  # 45,000 pixels as submitted
        assert not any(future.result(5).verdict.error for future in futures)


@pytest.fixture(scope="module")
def model(request: pytest.FixtureRequest) -> Path:
    """The model file of the small run."""
    path: Path = request.getfixturevalue("run").model_file
    return path


@pytest.fixture(scope="module")
def run_engine(model: Path) -> Iterator[InspectionEngine]:
    """Its engine, open."""
    with InspectionEngine(model, threads=1) as engine:
        yield engine
