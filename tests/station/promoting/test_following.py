"""A station that runs takes what another process has promoted."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from okng import modelfile
from okng.errors import ModelFileError
from okng.modelfile import OperatingPointChange, change_operating_point
from okng.station import opened
from okng.station.library import FOLDER, Library
from okng.station.promoting.following import Follower
from okng.testing.station.stations import station_settings


def _damaged(library: Library, folder: Path, slot: str) -> None:
    """Name a file that is gone as the one that judges."""
    library.remember(slot, given=library.given(slot), live="0" * 64)
    assert not list(folder.glob("0000*"))


def test_one_bad_file_holds_up_no_other_model(exported: Path, tmp_path: Path) -> None:
    """The first model keeps its file, and the fault is raised; the second one is exchanged."""
    paths = [Path(shutil.copy(exported, tmp_path / f"{name}.onnx")) for name in "ab"]
    for path in paths:
        metadata = modelfile.read(path).metadata
        modelfile.seal(path, metadata.model_copy(update={"name": path.stem}))
    better = Path(shutil.copy(paths[1], tmp_path / "better.onnx"))
    change_operating_point(better, OperatingPointChange(reason="test", threshold=0.25))
    settings = station_settings(tmp_path / "station", drift={"watch": False})
    with opened(settings, paths) as station:
        folder = settings.station.folder / FOLDER
        library, file = Library(folder), modelfile.read(better)
        library.store(file)
        before = station.models.live("a").engine.digest
        _damaged(library, folder, "a")
        library.remember("b", given=library.given("b"), live=file.digest)

        with pytest.raises(ModelFileError):
            station.changes.follow()
        assert station.models.live("a").engine.digest == before
        assert station.models.live("b").engine.digest == file.digest


def _times(fails: Callable[[int], bool], seconds: float) -> tuple[list[float], Follower]:
    times: list[float] = []

    def follow() -> None:
        times.append(time.monotonic())
        if fails(len(times)):
            raise ModelFileError("damaged")

    follower = Follower(follow, 0.01)
    time.sleep(seconds)
    follower.close()
    return times, follower


def test_a_file_that_cannot_be_loaded_is_read_ever_more_seldom() -> None:
    """Each look reads all of it; the fault stands until a look succeeds."""
    failing, follower = _times(lambda _: True, 0.5)
    assert len(failing) <= 6  # after 10, 20, 40, 80, 160, 320 ms
    assert isinstance(follower.fault, ModelFileError)

    again, follower = _times(lambda number: number < 3, 0.5)
    assert len(again) > len(failing)
    assert follower.fault is None
