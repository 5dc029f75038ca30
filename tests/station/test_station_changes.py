"""Models and thresholds change while the station judges, on record; a shadow does not decide."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from okng import modelfile
from okng.errors import ConfigError, ModelFileError
from okng.modelfile import OperatingPointChange, change_operating_point
from okng.records import InspectionRow, Kind, Role
from okng.records.payloads import ModelChange, ThresholdChange
from okng.station import PhotoRequest, Station, opened
from okng.testing import BrightnessSession, grey_photo, station_settings


def _wait(done: Callable[[], bool]) -> None:
    for _ in range(5000):
        if done():
            return
        threading.Event().wait(0.001)
    raise AssertionError("it did not happen within five seconds")


@pytest.fixture
def other(exported: Path, tmp_path: Path) -> Path:
    """Another model file: the same with the threshold 0.1."""
    path = tmp_path / "other.onnx"
    path.write_bytes(exported.read_bytes())
    change_operating_point(path, OperatingPointChange("stricter", threshold=0.1))
    return path


def test_threshold_changes_between_two_photos(station: Station, exported: Path) -> None:
    """With who and why on record; the given file stays as it is."""
    before = exported.read_bytes()
    first = station.judge(PhotoRequest(photo=grey_photo(51))).result(10).row
    change = OperatingPointChange("escape of lot 7", threshold=0.1)
    file = station.changes.set_operating_point("test", change, by="user:ann")
    second = station.judge(PhotoRequest(photo=grey_photo(51))).result(10).row

    assert (first.verdict, second.verdict) == ("OK", "NG")
    assert second.model_digest == file.digest != first.model_digest
    assert station.records is not None
    (entry,) = station.records.entries_of("test", Kind.THRESHOLD_CHANGE)
    payload = ThresholdChange.of(entry.payload)
    assert (entry.by, payload.reason) == ("user:ann", "escape of lot 7")
    assert (payload.model_before, payload.model_after) == (first.model_digest, file.digest)
    assert exported.read_bytes() == before


def test_swap_drops_and_mixes_nothing(
    station: Station, session: BrightnessSession, other: Path
) -> None:
    """What was accepted before is judged by the model of before, what comes after by the new one.

    Every verdict follows from the digest that stands beside it.
    """
    session.free.clear()
    early = [station.judge(PhotoRequest(photo=grey_photo(51))) for _ in range(4)]
    _wait(lambda: station.models.live().engine.load.photos == 4)
    swapping = threading.Thread(
        target=station.changes.swap, args=("test", other), kwargs={"by": "x", "reason": "better"}
    )
    swapping.start()
    session.free.set()
    swapping.join(10)
    late = [station.judge(PhotoRequest(photo=grey_photo(51))) for _ in range(4)]

    rows = [future.result(10).row for future in early + late]
    assert [row.verdict for row in rows] == ["OK"] * 4 + ["NG"] * 4
    assert len({row.model_digest for row in rows[:4]}) == 1
    assert {row.model_digest for row in rows[4:]} == {modelfile.read(other).digest}


def test_change_outlives_a_restart_until_another_file_is_given(
    exported: Path, other: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """And each model that judges from a start on is on record."""
    settings = station_settings(tmp_path / "s")
    digests = []
    with opened(settings, [exported]) as station:
        change = OperatingPointChange("why", threshold=0.2)
        digests.append(station.changes.set_operating_point("test", change, by="x").digest)
    for given in (exported, other):
        with opened(settings, [given]) as station:
            digests.append(station.models.live().engine.digest)
            assert station.records is not None
            entries = station.records.entries_of("test", Kind.MODEL_CHANGE)

    assert digests == [digests[0], digests[0], modelfile.read(other).digest]
    changes = [ModelChange.of(entry.payload) for entry in entries]
    assert [change.after for change in changes] == [modelfile.read(exported).digest, digests[2]]


def test_bad_change_leaves_everything_as_it_was(station: Station, tmp_path: Path) -> None:
    """A damaged file, no reason, a threshold that is none."""
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"nothing")
    before = station.models.live().engine.digest
    change = OperatingPointChange("why", threshold=2)

    with pytest.raises(ModelFileError):
        station.changes.swap("test", damaged, by="x", reason="why")
    with pytest.raises(ConfigError):
        station.changes.swap("test", damaged, by="x", reason=" ")
    with pytest.raises(ConfigError):
        station.changes.set_operating_point("test", change, by="x")
    assert station.models.live().engine.digest == before
    assert station.records is not None
    assert len(station.records.entries_of("test")) == 1  # the one of the start


def test_shadow_is_stored_beside_the_verdict(station: Station, other: Path) -> None:
    """With its own model and threshold, and does not decide."""
    rows: list[InspectionRow] = []
    station.heard.add(rows.append)
    station.changes.set_shadow(other, by="user:ann", reason="try")
    live = station.judge(PhotoRequest(photo=grey_photo(51), serial="A", key="k")).result(10).row
    _wait(lambda: len(rows) == 2)
    shadow = rows[1]

    assert (live.verdict, shadow.verdict) == ("OK", "NG")
    assert (shadow.role, shadow.live_id, shadow.serial) == (Role.SHADOW, live.id, "A")
    assert shadow.model_digest == modelfile.read(other).digest
    assert station.records is not None
    detail = station.records.detail(live.id)
    assert detail is not None
    assert [row.id for row in detail.shadows] == [shadow.id]


def test_photos_of_one_content_are_stored_once(station: Station) -> None:
    """And can be read by the place on record."""
    rows = [station.judge(PhotoRequest(photo=grey_photo(51))).result(10).row for _ in range(2)]

    assert station.photos is not None
    assert rows[0].photo_place is not None
    assert rows[0].photo_place == rows[1].photo_place
    assert station.photos.get(rows[0].photo_place) == grey_photo(51)


def test_verdict_survives_a_photo_store_that_fails(station: Station, tmp_path: Path) -> None:
    """It is on record without a place, and the station states its fault."""
    (tmp_path / "photos").write_bytes(b"a file where the folder should be")
    row = station.judge(PhotoRequest(photo=grey_photo(51))).result(10).row

    assert row.photo_place is None
    assert station.faults() == ["photo-store.failed"]
    assert station.ready
