"""A photo of another size, or the one before once more, is never judged."""

import numpy as np
import pytest

from okng.connect.cameras.checks import Identical, PhotoChecks
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.line.frame_streams import numbered


def test_the_same_photo_again_is_a_hanging_camera() -> None:
    """Two photos in a row that agree in each pixel are refused."""
    checks = PhotoChecks("camera 1")
    checks.check(numbered(1))
    with pytest.raises(ConnectError) as caught:
        checks.check(numbered(1))

    assert caught.value.code is Code.CAMERA_FROZEN
    assert "camera 1" in str(caught.value)


def test_one_pixel_makes_another_photo() -> None:
    """A photo that differs in one value of one pixel, between those compared first, is taken."""
    checks = PhotoChecks("camera 1")
    first = np.full((64, 64, 3), 9, np.uint8)
    second = first.copy()
    second[33, 17, 2] += 1
    checks.check(first)

    assert checks.check(second) is second


def test_a_still_scene_can_be_allowed() -> None:
    """With `accept` the same photo is taken again."""
    checks = PhotoChecks("camera 1", identical=Identical.ACCEPT)
    checks.check(numbered(1))

    assert checks.check(numbered(1)).shape == (24, 32, 3)


def test_the_size_stays_that_of_the_first_photo() -> None:
    """A camera that comes back with another size is refused."""
    checks = PhotoChecks("camera 1")
    checks.check(numbered(1, 32, 24))
    with pytest.raises(ConnectError, match="40 x 24") as caught:
        checks.check(numbered(2, 40, 24))

    assert caught.value.code is Code.CAMERA_SIZE
    assert caught.value.allowed == "32 x 24"


def test_a_size_that_was_set_is_required() -> None:
    """The first photo must have the size of the settings."""
    with pytest.raises(ConnectError, match="32 x 24"):
        PhotoChecks("camera 1", (64, 48)).check(numbered(1, 32, 24))
