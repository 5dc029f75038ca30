"""Followed models over restarts, at the first start, and while photos are judged."""

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from followed_models import Following, changed, digest_of
from okng.config import StationSettings
from okng.connect.alarms import Alarms
from okng.connect.following import Follower, first_model, following
from okng.errors import ConfigError, ConnectError
from okng.station import PhotoRequest, opened
from okng.testing import BrightnessSession, grey_photo, station_settings


def _settings(folder: Path, url: str, **models: object) -> StationSettings:
    return station_settings(folder / "station", models={"follow": url, **models})


def _opened(stack: ExitStack, settings: StationSettings, model: Path) -> Following:
    station = stack.enter_context(opened(settings, [model]))
    alarms = Alarms(station.records, station.name)
    follower = Follower(station, alarms)
    stack.callback(follower.close)
    return Following(station, follower, alarms)


@pytest.mark.parametrize("role", ["shadow", "live"])
def test_restart_goes_on_with_the_followed_model(
    exported: Path,
    other: Path,
    offered: Path,
    session: BrightnessSession,
    tmp_path: Path,
    role: str,
) -> None:
    """Also where the address cannot be reached meanwhile; nothing is put on record twice."""
    shutil.copy(other, offered)
    settings = _settings(tmp_path, offered.as_uri(), follow_as=role)
    with ExitStack() as stack:
        assert _opened(stack, settings, exported).follower.poll()
    offered.unlink()
    with ExitStack() as stack:
        line = _opened(stack, settings, exported)
        line.follower.start()
        taken = line.shadow if role == "shadow" else line.live

    assert taken == digest_of(other)


def test_first_start_fetches_the_model(
    exported: Path, offered: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """For a container that has nothing but its environment; a look later finds nothing new."""
    shutil.copy(exported, offered)
    settings = _settings(tmp_path, offered.as_uri(), follow_as="live")
    with ExitStack() as stack:
        line = _opened(stack, settings, first_model(settings))

        assert line.live == digest_of(exported)
        assert not line.follower.poll()


def test_start_without_the_address_takes_the_model_of_before(
    exported: Path, offered: Path, tmp_path: Path
) -> None:
    """A plant starts without the internet; a station that never had a model cannot."""
    settings = _settings(tmp_path, offered.as_uri(), follow_as="live")
    with pytest.raises(ConnectError):
        first_model(settings)
    shutil.copy(exported, offered)
    first = first_model(settings)
    offered.unlink()

    assert first_model(settings) == first


def test_followed_shadow_never_decides_after_a_restart(
    exported: Path, other: Path, offered: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """It was not released: what decided before does so again."""
    shutil.copy(exported, offered)
    settings = _settings(tmp_path, offered.as_uri())
    with ExitStack() as stack:
        line = _opened(stack, settings, first_model(settings))
        shutil.copy(other, offered)
        line.follower.poll()
    with ExitStack() as stack:
        line = _opened(stack, settings, first_model(settings))
        line.follower.start()

        assert (line.live, line.shadow) == (digest_of(exported), digest_of(other))


def test_station_without_a_model_and_an_address_is_refused(tmp_path: Path) -> None:
    """With both ways to name one."""
    with pytest.raises(ConfigError, match="No model is given"):
        first_model(station_settings(tmp_path))


def test_photos_are_judged_whole_while_models_change(
    exported: Path, offered: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """Two models change places under load: every photo has an answer, by the model it names."""
    models = [changed(exported, tmp_path / f"{n}.onnx", 0.3 + 0.4 * n) for n in range(2)]
    thresholds = {digest_of(model): 0.3 + 0.4 * n for n, model in enumerate(models)}
    shutil.copy(models[0], offered)
    settings = _settings(tmp_path, offered.as_uri(), follow_as="live")
    with ExitStack() as stack:
        line = _opened(stack, settings, models[0])
        ended = threading.Event()
        rows = []

        def judge() -> None:
            number = 0
            while not ended.is_set():
                request = PhotoRequest(photo=grey_photo(128, mark=number))  # a score of 0.50
                rows.append(line.station.judge(request).result(30).row)
                number += 1

        threads = [threading.Thread(target=judge) for _ in range(4)]
        for thread in threads:
            thread.start()
        taken = []
        for number in range(1, 9):
            shutil.copy(models[number % 2], offered)
            offered.touch()
            taken.append(line.follower.poll())
        ended.set()
        for thread in threads:
            thread.join(30)

    assert any(taken)
    assert rows
    for row in rows:
        assert row.threshold_e9 / 1e9 == pytest.approx(thresholds[row.model_digest])
        assert row.verdict == ("NG" if thresholds[row.model_digest] < 0.5 else "OK")


def test_fault_is_a_note_of_readiness_and_the_thread_takes_the_model(
    exported: Path, other: Path, offered: Path, session: BrightnessSession, tmp_path: Path
) -> None:
    """The station stays ready; once the model is there, the thread takes it by itself."""
    settings = _settings(tmp_path, offered.as_uri(), follow_as="live", follow_every=1)
    with opened(settings, [exported]) as station:
        alarms = Alarms(station.records, station.name)
        with following(station, alarms):
            _wait_for(lambda: bool(alarms.on))
            faults, ready = station.faults(), station.ready
            shutil.copy(other, offered)
            _wait_for(lambda: station.models.live().engine.digest == digest_of(other))
            _wait_for(lambda: not alarms.on)

        assert (faults, ready) == (["model.not-followed"], True)
        assert station.faults() == []


def _wait_for(fact: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.01)
