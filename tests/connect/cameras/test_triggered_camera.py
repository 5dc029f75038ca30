"""A camera with a software trigger exposes after the call; each photo is that of its trigger."""

import pytest

from okng.connect.cameras.checks import PhotoChecks
from okng.connect.cameras.genicam.settings import Acquisition, GenicamCameraSettings
from okng.connect.cameras.genicam.triggered import TriggeredCamera
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.line.genicam_camera import FakeProducer, TriggeredAcquirer, is_frame

pytest.importorskip("genicam")


def _camera(acquirer: TriggeredAcquirer, producer: FakeProducer | None = None) -> TriggeredCamera:
    maker = producer or FakeProducer()
    checks = PhotoChecks("camera 1")
    return TriggeredCamera("camera 1", lambda: (maker, acquirer), 0.1, checks)  # type: ignore[arg-type,return-value]


def test_each_photo_is_that_of_its_trigger() -> None:
    """Three photos are the frames of three triggers, in order."""
    acquirer = TriggeredAcquirer()
    camera = _camera(acquirer)
    camera.open()

    assert all(is_frame(camera.photo(), number) for number in (1, 2, 3))


def test_a_frame_that_comes_late_is_thrown_away() -> None:
    """What lies in the buffers before the trigger is not the photo of this part."""
    acquirer = TriggeredAcquirer()
    camera = _camera(acquirer)
    camera.open()
    camera.photo()
    acquirer.late(1)
    acquirer.late(1)

    assert is_frame(camera.photo(), 2)


def test_no_frame_after_the_trigger() -> None:
    """A trigger without a frame is an error, and never gets the frame of the next one."""
    acquirer = TriggeredAcquirer()
    acquirer.swallowed = {2}
    camera = _camera(acquirer)
    camera.open()
    camera.photo()
    with pytest.raises(ConnectError, match=r"0\.1 s") as caught:
        camera.photo()
    with pytest.raises(ConnectError, match="lost") as gap:
        camera.photo()

    assert caught.value.code is Code.CAMERA_DROPPED
    assert gap.value.code is Code.CAMERA_DROPPED


def test_closing_lets_the_camera_go_once() -> None:
    """A second `close` does nothing; without `open` there is no photo."""
    producer, acquirer = FakeProducer(), TriggeredAcquirer()
    camera = _camera(acquirer, producer)
    camera.open()
    camera.close()
    camera.close()
    with pytest.raises(ConnectError):
        camera.photo()

    assert producer.let_go_of == [acquirer]


def test_the_settings_set_the_trigger_last() -> None:
    """Exposure is fixed before the camera begins to wait for the software."""
    settings = GenicamCameraSettings.model_validate(
        {"producer": "a.cti", "exposure_us": 500, "gain_db": 3, "features": {"LineMode": "Input"}}
    )

    assert list(settings.values()) == [
        "LineMode", "ExposureAuto", "ExposureTime", "GainAuto", "Gain",
        "TriggerSelector", "TriggerMode", "TriggerSource",
    ]  # fmt: skip
    assert settings.acquisition is Acquisition.SOFTWARE
