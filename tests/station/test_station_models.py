"""Several models side by side; one request gets one of them, whatever is exchanged meanwhile."""

import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from okng import modelfile
from okng.errors import ConfigError
from okng.modelfile import OperatingPointChange, change_operating_point
from okng.records.photos import Place
from okng.station import PhotoRequest, Station, opened
from okng.testing import BrightnessSession, grey_photo, station_settings


@pytest.fixture
def strict(exported: Path, tmp_path: Path) -> Path:
    """Another model with another name, and the threshold 0.1."""
    path = tmp_path / "strict.onnx"
    path.write_bytes(exported.read_bytes())
    change_operating_point(path, OperatingPointChange("stricter", threshold=0.1))
    metadata = modelfile.read(path).metadata
    modelfile.seal(path, metadata.model_copy(update={"name": "strict"}))
    return path


def test_models_judge_side_by_side(
    exported: Path, strict: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """Each by its name; the first one where none is named."""
    with opened(station_settings(tmp_path / "s"), [exported, strict]) as station:
        rows = [
            station.judge(PhotoRequest(photo=grey_photo(51), model=name)).result(10).row
            for name in (None, "test", "strict")
        ]

    assert [row.model_name for row in rows] == ["test", "test", "strict"]
    assert [row.verdict for row in rows] == ["OK", "OK", "NG"]


def test_two_models_of_one_name_are_refused(exported: Path, tmp_path: Path) -> None:
    """Nobody could tell their verdicts apart."""
    with (
        pytest.raises(ConfigError, match="have the name 'test'"),
        opened(station_settings(tmp_path / "s"), [exported, exported]),
    ):
        pass


def test_photos_of_one_request_get_one_model(
    station: Station, strict: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the model is exchanged before the engine has any of them."""
    begun, resume = threading.Event(), threading.Event()
    store = station.recorder.store

    def held(photo: object, verdict: str | None = None) -> Future[Place | None] | None:
        begun.set()
        resume.wait(10)
        return store(photo, verdict)

    monkeypatch.setattr(station.recorder, "store", held)
    futures = station.judge_all([PhotoRequest(photo=grey_photo(51)) for _ in range(3)])
    assert begun.wait(10)
    station.changes.swap("test", strict, by="user:ann", reason="better")
    resume.set()

    rows = [future.result(10).row for future in futures]
    assert [row.verdict for row in rows] == ["OK"] * 3
    assert station.models.live().engine.digest not in {row.model_digest for row in rows}
