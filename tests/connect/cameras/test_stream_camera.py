"""A network stream gives photos of now, in RGB, and says what is wrong with it."""

import time
from pathlib import Path

import numpy as np
import pytest

from okng.connect.cameras.stream import StreamCameraSettings, without_password
from okng.connect.contracts import Around
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError
from okng.testing.line.mjpeg_server import mjpeg_camera, number_in_blocks

AROUND = Around("plant", "line-1")


def test_photos_are_of_now_and_red_is_red() -> None:
    """A photo was exposed after the call, although the stream ran on, and its red part is red."""
    with mjpeg_camera(0.03) as server:
        settings = StreamCameraSettings(url=server.url, latency=0.1, warm_up=3)
        camera = settings.camera(AROUND)
        camera.open()
        time.sleep(0.3)
        asked = time.monotonic()
        photo = np.asarray(camera.photo())
        exposed = server.exposed[number_in_blocks(photo)]
        camera.close()

    assert exposed > asked
    assert photo.shape == (48, 256, 3)
    assert np.allclose(photo[40, 100], (200, 40, 40), atol=12)


def test_a_stream_that_ends_is_a_lost_camera() -> None:
    """The network camera is switched off: the next photo is an error."""
    with mjpeg_camera(0.03) as server:
        camera = StreamCameraSettings(url=server.url, latency=0.05, timeout=2).camera(AROUND)
        camera.open()
        camera.photo()
        server.lose()
        time.sleep(0.3)  # frames that are on their way
        with pytest.raises(ConnectError) as caught:
            camera.photo()
        camera.close()

    assert caught.value.code is Code.CAMERA_LOST


def test_nobody_at_the_address() -> None:
    """An address where nothing answers is a missing camera, shown without its password."""
    settings = StreamCameraSettings(url="http://inspector:secret@127.0.0.1:9/stream", timeout=2)
    with pytest.raises(ConnectError) as caught:
        settings.check(AROUND)

    assert caught.value.code is Code.CAMERA_MISSING
    assert "secret" not in str(caught.value)
    assert caught.value.hint


def test_the_check_takes_a_photo() -> None:
    """`okng run --check` shows the size of a photo."""
    with mjpeg_camera(0.03) as server:
        match = StreamCameraSettings(url=server.url, latency=0.05).check(AROUND)

    assert [each.value for each in match if each.subject == "size"] == ["256 x 48"]


def test_a_password_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is an error of the settings, with its path."""
    settings = StreamCameraSettings(url="rtsp://a@127.0.0.1/s", password_file=tmp_path / "none")
    with pytest.raises(ConfigError, match="none"):
        settings.camera(AROUND).open()


def test_a_password_may_hold_any_sign(tmp_path: Path) -> None:
    """The password goes into the address in a form that cannot be taken for a host."""
    file = tmp_path / "password"
    file.write_text("p@ss/w:rd\n")
    settings = StreamCameraSettings(url="rtsp://me@camera:554/one?x=1", password_file=file)

    assert settings.address() == "rtsp://me:p%40ss%2Fw%3Ard@camera:554/one?x=1"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "concat:a|b", "rtsp://a b", "camera"])
def test_only_streams_are_addresses(url: str) -> None:
    """FFmpeg reads many things; only network streams may be set."""
    with pytest.raises(ValueError, match="url"):
        StreamCameraSettings(url=url)


def test_an_address_is_shown_without_its_secrets() -> None:
    """User, password and query are left out."""
    assert without_password("rtsp://u:p@h:554/s?token=9") == "rtsp://h:554/s"
