"""Each signal of a trigger becomes one part: with a photo of now, or rejected without one."""

import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest
from pydantic import ValidationError

from okng.connect.contracts import Around, CameraSettings, Shot, TriggerSettings
from okng.connect.kinds import settings_class
from okng.connect.part import Outcome
from okng.connect.sources.camera import CAMERAS, TRIGGERS, CameraSource, CameraSourceSettings
from okng.connect.sources.camera.keeper import BackOff, CameraKeeper
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.line.cameras import CameraFault, SimulatedCamera

AROUND = Around("plant", "line-1")
QUICK = BackOff(0.01, 0.02)


class ListedTrigger:
    """Signals one shot after another, when asked for."""

    def __init__(self, shots: list[Shot]) -> None:
        self._shots = shots
        self.closed = Event()

    def open(self) -> None:
        """There is nothing to reach."""

    def shots(self) -> Iterator[Shot]:
        """Those of the list."""
        yield from self._shots

    def close(self) -> None:
        """End."""
        self.closed.set()


def _shot(key: str, exposed: Callable[[], None] = lambda: None) -> Shot:
    return Shot(key, exposed, lambda _outcome: None, serial=f"S{key}", deadline_s=0.5)


def _source(camera: SimulatedCamera, shots: list[Shot]) -> CameraSource:
    source = CameraSource(camera, ListedTrigger(shots))
    source.connection = CameraKeeper(camera, QUICK)
    source.open()
    return source


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_signal_becomes_a_part() -> None:
    """Key, serial and deadline are the signal's; the part may move once the photo is taken."""
    moved: list[str] = []
    camera = SimulatedCamera(64)
    source = _source(camera, [_shot("1", lambda: moved.append("1"))])
    _until(lambda: camera.opened == 1)
    time.sleep(0.02)
    (part,) = source.parts()
    source.close()

    assert (part.key, part.serial, part.deadline_s) == ("1", "S1", 0.5)
    assert part.fault is None
    assert getattr(part.photo, "shape", None) == (64, 64, 3)
    assert moved == ["1"]


def test_a_part_that_is_gone_gets_no_photo() -> None:
    """The signal says so; a photo of now would show the part after it."""
    moved: list[str] = []
    camera = SimulatedCamera(64)
    shot = _shot("1", lambda: moved.append("1"))._replace(fault=ConnectError("It is gone"))
    source = _source(camera, [shot])
    _until(lambda: camera.opened == 1)
    (part,) = source.parts()
    source.close()

    assert part.photo is None
    assert part.fault is shot.fault
    assert moved == []


def test_who_triggers_gets_the_answer() -> None:
    """What became of the part goes back to the signal that it came from."""
    answers: list[Outcome] = []
    camera = SimulatedCamera(64)
    shot = Shot("1", lambda: None, answers.append)
    source = _source(camera, [shot])
    (part,) = source.parts()
    outcome = Outcome(None, ConnectError("no verdict"))
    part.answered(outcome)
    source.close()

    assert answers == [outcome]


def test_without_a_camera_every_part_is_rejected() -> None:
    """The camera is missing at start: signals go on, and each part has a fault and no photo."""
    moved: list[str] = []
    camera = SimulatedCamera(64)
    camera.fault = CameraFault.MISSING
    shots = [_shot(key, lambda: moved.append("")) for key in ("1", "2", "3")]
    source = _source(camera, shots)
    parts = list(source.parts())
    source.close()

    assert [part.photo for part in parts] == [None] * 3
    assert {part.fault.code for part in parts if part.fault} == {Code.CAMERA_MISSING}
    assert not moved


def test_a_camera_that_comes_is_taken() -> None:
    """A camera that is missing at start is tried again until it is there."""
    camera = SimulatedCamera(64)
    camera.fault = CameraFault.MISSING
    source = _source(camera, [_shot("1"), _shot("2")])
    parts = source.parts()
    first = next(parts)
    camera.fault = None
    _until(lambda: camera.opened == 1)
    time.sleep(0.02)
    second = next(parts)
    source.close()

    assert first.photo is None
    assert second.photo is not None


def test_a_lost_camera_is_opened_anew() -> None:
    """The part without a photo is rejected, later ones are judged again."""
    camera = SimulatedCamera(64)
    source = _source(camera, [_shot(str(number)) for number in range(3)])
    _until(lambda: camera.opened == 1)
    time.sleep(0.02)
    parts = source.parts()
    good = next(parts)
    camera.fault = CameraFault.LOST
    lost = next(parts)
    camera.fault = None
    _until(lambda: camera.opened == 2)
    time.sleep(0.02)
    back = next(parts)
    source.close()

    assert [part.photo is None for part in (good, lost, back)] == [False, True, False]
    assert lost.fault is not None
    assert lost.fault.code is Code.CAMERA_LOST


def test_opening_a_camera_delays_no_signal() -> None:
    """A camera whose driver hangs while it is opened holds no part up."""

    class Hanging(SimulatedCamera):
        def open(self) -> None:
            time.sleep(2)

    start = time.monotonic()
    source = _source(Hanging(64), [_shot("1")])
    parts = list(source.parts())

    assert time.monotonic() - start < 1
    assert parts[0].photo is None


def test_close_ends_trigger_and_camera() -> None:
    """After `close` the trigger is closed, and the camera is not opened again."""
    camera = SimulatedCamera(64)
    camera.fault = CameraFault.MISSING
    source = _source(camera, [])
    source.close()
    camera.fault = None
    time.sleep(0.1)

    assert isinstance(source.trigger, ListedTrigger)
    assert source.trigger.closed.is_set()
    assert camera.opened == 0


def test_kinds_come_from_tables() -> None:
    """Camera and trigger are made from tables with their kind."""
    settings = CameraSourceSettings.model_validate(
        {"camera": {"kind": "stream", "url": "rtsp://camera/1"},
         "trigger": {"kind": "timer", "every": "2min"}}
    )  # fmt: skip

    assert settings.camera.kind == "stream"
    assert settings.trigger.kind == "timer"
    assert isinstance(settings.source(AROUND), CameraSource)


@pytest.mark.parametrize(
    ("camera", "told"),
    [
        ({"kind": "webcam"}, "there are: genicam, stream, usb, video"),
        ({"device": "0"}, "needs a kind"),
        ({"kind": "usb", "devise": "0"}, "devise"),
    ],
)
def test_a_wrong_table_is_named(camera: dict[str, str], told: str) -> None:
    """An unknown kind lists those that there are; a wrong key is named."""
    with pytest.raises(ValidationError, match=told):
        CameraSourceSettings.model_validate({"camera": camera, "trigger": {"kind": "timer"}})


@pytest.mark.parametrize("kind", CAMERAS)
def test_every_kind_of_camera_can_be_made(kind: str) -> None:
    """The table of cameras names classes that exist, each with its own kind."""
    assert settings_class(kind, "none", CameraSettings, CAMERAS).kind == kind


@pytest.mark.parametrize("kind", TRIGGERS)
def test_every_kind_of_trigger_can_be_made(kind: str) -> None:
    """The table of triggers names classes that exist, each with its own kind."""
    assert settings_class(kind, "none", TriggerSettings, TRIGGERS).kind == kind
