"""A video file in place of a camera gives one frame for each photo."""

from pathlib import Path

import numpy as np
import pytest

from okng.connect.cameras.video import AtEnd, VideoCameraSettings
from okng.connect.contracts import Around
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.line.frame_streams import number_of, numbered
from okng.testing.line.mjpeg_server import write_video

AROUND = Around("plant", "line-1")


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """A video of three frames."""
    path = tmp_path / "three.avi"
    write_video(str(path), range(1, 4))
    return path


def test_each_photo_is_the_next_frame(video: Path) -> None:
    """Frames come in their order, in RGB, and begin anew after the last one."""
    camera = VideoCameraSettings(file=video).camera(AROUND)
    camera.open()
    photos = [np.asarray(camera.photo()) for _ in range(5)]
    camera.close()

    assert [number_of(photo) for photo in photos] == [1, 2, 3, 1, 2]
    assert np.allclose(photos[0][10, 10], numbered(1)[10, 10], atol=3)


def test_a_video_can_end(video: Path) -> None:
    """With `stop` there is no photo after the last frame."""
    camera = VideoCameraSettings(file=video, at_end=AtEnd.STOP).camera(AROUND)
    camera.open()
    for _ in range(3):
        camera.photo()
    with pytest.raises(ConnectError, match="at its end"):
        camera.photo()
    camera.close()


def test_a_file_that_is_no_video(tmp_path: Path) -> None:
    """Another file is a camera that cannot be opened, with its path."""
    path = tmp_path / "text.avi"
    path.write_text("no video")
    with pytest.raises(ConnectError, match=r"text\.avi") as caught:
        VideoCameraSettings(file=path).check(AROUND)

    assert caught.value.code is Code.CAMERA_MISSING


def test_a_closed_camera_gives_no_photo(video: Path) -> None:
    """Before `open` and after `close` there is an error, no crash."""
    camera = VideoCameraSettings(file=video).camera(AROUND)
    with pytest.raises(ConnectError):
        camera.photo()
    camera.open()
    camera.close()
    camera.close()
    with pytest.raises(ConnectError):
        camera.photo()
