"""The drift alarm beside a station: measures every part, waits for none, and outlives a restart."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from okng.config.station import DriftSection
from okng.inference.frames import Frame
from okng.records import Role
from okng.station import PhotoRequest, Station, opened
from okng.station.drift_alarm import DriftWatcher, Measure
from okng.station.drift_alarm.watcher import WAITING, Drift
from okng.testing import BrightnessSession, grey_photo, station_settings
from okng.testing.station.drift import inspection_of, line_photo

FEW = DriftSection(learned_parts=200, false_alarm_parts=10_000)


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[DriftWatcher]:
    """Learns from 200 parts."""
    watcher = DriftWatcher(FEW, tmp_path / "drift.json", lambda _digest: None, pause=0)
    yield watcher
    watcher.close()


def _show(watcher: DriftWatcher, parts: range, product: str = "", **changed: float) -> None:
    for number in parts:
        watcher.take(Frame(line_photo(number, **changed)), inspection_of(number), product)
        watcher.wait()


def test_a_change_is_reported_once_and_stays_on(watcher: DriftWatcher) -> None:
    """With the product whose parts changed."""
    reports: list[Drift] = []
    watcher.reports.append(reports.append)
    _show(watcher, range(200), "cover")
    _show(watcher, range(200, 240), "cover", light=0.8)

    (dark,) = (each for each in reports if each.finding.measure is Measure.BRIGHTNESS)

    assert (dark.product, dark.finding.rises) == ("cover", False)
    assert Measure.BRIGHTNESS in {each.finding.measure for each in watcher.on()}


def test_products_are_watched_apart(watcher: DriftWatcher) -> None:
    """A darker product is no drift of another one."""
    _show(watcher, range(200), "cover")
    _show(watcher, range(200), "housing", light=0.6)

    assert watcher.on() == []


def test_what_was_learned_outlives_a_restart(watcher: DriftWatcher, tmp_path: Path) -> None:
    """The state lies in a file of the station."""
    _show(watcher, range(200))
    watcher.close()

    again = DriftWatcher(FEW, tmp_path / "drift.json", lambda _digest: None, pause=0)
    _show(again, range(200, 240), light=0.8)
    again.close()

    assert Measure.BRIGHTNESS in {each.finding.measure for each in again.on()}


@pytest.mark.parametrize("content", ["", "{", '{"monitors": {"a": {}}}'])
def test_a_damaged_state_is_learned_anew(content: str, tmp_path: Path) -> None:
    """It costs no part, and no start."""
    (tmp_path / "drift.json").write_text(content)

    watcher = DriftWatcher(FEW, tmp_path / "drift.json", lambda _digest: None)
    _show(watcher, range(3))
    watcher.close()

    assert watcher.on() == []
    assert "monitors" in (tmp_path / "drift.json").read_text()


def test_a_person_lets_it_learn_anew(watcher: DriftWatcher) -> None:
    """After a new lamp: what is there now is in control."""
    _show(watcher, range(200))
    _show(watcher, range(200, 240), light=0.8)

    watcher.forget("")

    assert watcher.on() == []


def test_parts_are_left_out_before_the_line_waits(watcher: DriftWatcher) -> None:
    """More parts at once than may wait: the rest is counted, and take returns at once."""
    photo = Frame(np.zeros((2000, 2000, 3), np.uint8))
    for number in range(3 * WAITING):
        watcher.take(photo, inspection_of(number), "")
    watcher.wait()

    assert watcher.left_out > 0


def test_a_fast_line_has_a_share_of_its_parts_measured() -> None:
    """So many a second of each product, whatever comes between them."""
    watcher = DriftWatcher(FEW, None, lambda _digest: None, pause=3600)
    for product in ("cover", "housing"):
        _show(watcher, range(5), product)
    watcher.close()

    assert [(each.product, each.parts) for each in watcher.learned()] == [
        ("cover", 1), ("housing", 1)
    ]  # fmt: skip
    assert watcher.left_out == 8


def test_a_photo_without_a_verdict_is_not_measured(watcher: DriftWatcher, tmp_path: Path) -> None:
    """It would look like a change of the light."""
    for number in range(300):
        watcher.take(
            Frame(np.zeros((8, 8, 3), np.uint8)), inspection_of(number, verdict="ERROR"), ""
        )
    watcher.close()

    assert '"monitors":{}' in (tmp_path / "drift.json").read_text()


@pytest.fixture
def station(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Station]:
    """Learns from 200 parts."""
    drift = {"learned_parts": 200, "false_alarm_parts": 10_000}
    with opened(station_settings(tmp_path, drift=drift), [exported]) as station:
        yield station


def test_a_station_measures_parts_of_the_line(station: Station) -> None:
    """And no master parts, which are shown on purpose."""
    assert station.drift is not None
    station.drift._pause = 0
    for role in (Role.LIVE, Role.MASTER):
        for number in range(10):
            station.judge(PhotoRequest(photo=grey_photo(128, mark=number), role=role)).result(10)
    station.drift.wait()

    (monitor,) = station.drift._state.monitors.values()

    assert monitor.seen == 10


def test_a_station_without_drift_alarm_measures_nothing(
    exported: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """Where the settings leave it out."""
    with opened(station_settings(tmp_path, drift={"watch": False}), [exported]) as station:
        assert station.drift is None
        assert session.batches
