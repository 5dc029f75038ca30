"""GenICam cameras, on the virtual producer of the standard's own wheel: three cameras."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from okng.connect.cameras.genicam import GenicamCameraSettings
from okng.connect.cameras.genicam.settings import Acquisition
from okng.connect.contracts import Around, Camera
from okng.error_codes import Code
from okng.errors import ConnectError

genicam = pytest.importorskip("genicam")
PRODUCER = Path(genicam.__file__).parent / "viky.cti"
AROUND = Around("plant", "line-1")


def _settings(**fields: object) -> GenicamCameraSettings:
    given = {"producer": PRODUCER, "device": "0", "acquisition": Acquisition.FREE,
             "frames_per_s": 100.0, **fields}  # fmt: skip
    return GenicamCameraSettings.model_validate(given)


@contextmanager
def _opened(**fields: object) -> Iterator[Camera]:
    camera = _settings(**fields).camera(AROUND)
    camera.open()
    try:
        yield camera
    finally:
        camera.close()


def _main_colour(camera: Camera) -> int:
    """Channel that stands out in what is not white, over some photos: 0 red, 1 green, 2 blue."""
    photos = np.stack([np.asarray(camera.photo()) for _ in range(3)]).reshape(-1, 3)
    return int(photos[photos.min(axis=1) < 128].mean(axis=0).argmax())


def test_three_cameras_of_one_producer_at_once() -> None:
    """A process loads a producer once; its cameras work beside each other, in the right colours."""
    with _opened(device="0") as red, _opened(device="1") as green, _opened(device="2") as blue:
        colours = [_main_colour(camera) for camera in (red, green, blue)]

    assert colours == [0, 1, 2]


def test_one_camera_closes_and_the_other_goes_on() -> None:
    """Opening and closing a camera does not disturb another one of the same producer."""
    with _opened(device="1") as other:
        with _opened(device="0") as camera:
            camera.photo()
        with _opened(device="0") as camera:
            camera.photo()
        photo = np.asarray(other.photo())

    assert photo.shape == (400, 400, 3)


def test_settings_reach_the_camera() -> None:
    """Size, pixel format and a feature by its own name are set."""
    with _opened(
        width=200, height=120, pixel_format="Mono8", features={"BouncingBallSize": 20}
    ) as it:
        photo = np.asarray(it.photo())

    assert photo.shape == (120, 200, 3)
    assert (photo[..., 0] == photo[..., 2]).all()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"width": 20000}, "Width = 20000"),
        ({"pixel_format": "Mono99"}, "PixelFormat = Mono99"),
        ({"exposure_us": 100.0}, "no feature ExposureTime"),
        ({"acquisition": Acquisition.SOFTWARE, "frames_per_s": None}, "no feature TriggerMode"),
    ],
)
def test_a_setting_that_the_camera_does_not_take(fields: dict[str, object], told: str) -> None:
    """The error names the feature, and the camera is free again."""
    with pytest.raises(ConnectError, match=told) as caught:
        _settings(**fields).camera(AROUND).open()
    match = _settings().check(AROUND)

    assert caught.value.code is Code.CAMERA_SETTING
    assert ("size", "400 x 400") in match


def test_a_camera_that_is_not_there() -> None:
    """The error lists the cameras that the producer finds."""
    with pytest.raises(ConnectError, match="0, 1, 2") as caught:
        _settings(device="77").camera(AROUND).open()

    assert caught.value.code is Code.CAMERA_MISSING


def test_one_of_several_must_be_named() -> None:
    """Without `device` a camera is not taken by chance."""
    with pytest.raises(ConnectError, match="one of several"):
        _settings(device="").camera(AROUND).open()


def test_a_camera_that_another_one_has() -> None:
    """A camera that is open already is refused to the second one."""
    with _opened(device="0"), pytest.raises(ConnectError, match="cannot be opened"):
        _settings(device="0").camera(AROUND).open()


def test_a_producer_that_is_not_there(tmp_path: Path) -> None:
    """A wrong path and a file that is no producer are errors with the next step."""
    text = tmp_path / "text.cti"
    text.write_text("no producer")
    for path in (text, tmp_path / "none.cti"):
        with pytest.raises(ConnectError, match=path.name) as caught:
            _settings(producer=path).camera(AROUND).open()

        assert caught.value.hint


def test_ctrl_c_stays_with_the_program() -> None:
    """Opening a camera in the main thread leaves the handler of SIGINT alone."""
    before = signal.getsignal(signal.SIGINT)
    with _opened():
        pass

    assert signal.getsignal(signal.SIGINT) is before
