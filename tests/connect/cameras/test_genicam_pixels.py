"""Pixel formats of GenICam become RGB, whatever their order and depth."""

import numpy as np
import pytest

from okng.connect.cameras.genicam.pixels import to_rgb
from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

RED = (250, 20, 60)
SITES = {"R": 0, "G": 1, "B": 2}


def _mosaic(first: str, second: str) -> Array:
    """A red surface through a colour filter with these two rows, uint8 (8, 8)."""
    tile = np.array([[RED[SITES[site]] for site in row] for row in (first, second)], np.uint8)
    return np.tile(tile, (4, 4))


@pytest.mark.parametrize(
    ("form", "rows"),
    [("BayerRG8", ("RG", "GB")), ("BayerGR8", ("GR", "BG")),
     ("BayerBG8", ("BG", "GR")), ("BayerGB8", ("GB", "RG"))],
)  # fmt: skip
def test_mosaics_are_named_by_their_first_row(form: str, rows: tuple[str, str]) -> None:
    """Red stays red: the names of PFNC and OpenCV's older ones differ."""
    photo = to_rgb(_mosaic(*rows).ravel(), 8, 8, form, "camera")

    assert tuple(photo[4, 4]) == RED


@pytest.mark.parametrize(("form", "order"), [("RGB8", "RGB"), ("BGR8", "BGR"),
                                             ("RGBa8", "RGBa"), ("BGRa8", "BGRa")])  # fmt: skip
def test_channels_are_put_in_order(form: str, order: str) -> None:
    """Four orders of channels become RGB."""
    pixel = [255 if channel == "a" else RED[SITES[channel]] for channel in order]
    photo = to_rgb(np.tile(np.array(pixel, np.uint8), 12), 4, 3, form, "camera")

    assert photo.shape == (3, 4, 3)
    assert (photo == RED).all()


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_deep_pixels_keep_their_upper_bits(bits: int) -> None:
    """Full scale is 255 for every depth."""
    values = [0, (1 << bits) - 1, 1 << (bits - 1), 0]
    samples = np.array(values, np.uint8) if bits == 8 else np.array(values, np.uint16)
    photo = to_rgb(samples, 2, 2, f"Mono{bits}", "camera")

    assert photo[..., 0].tolist() == [[0, 255], [128, 0]]


def test_padding_of_rows_is_cut_off() -> None:
    """Bytes after the end of a row are no pixels."""
    rows = np.arange(2 * 5, dtype=np.uint8).reshape(2, 5)
    photo = to_rgb(rows.ravel(), 3, 2, "Mono8", "camera")

    assert photo[..., 1].tolist() == [[0, 1, 2], [5, 6, 7]]


def test_yuv_of_cameras() -> None:
    """Grey in YUV 4:2:2 is grey, in both orders."""
    yuyv = to_rgb(np.tile(np.array([126, 128], np.uint8), 8), 4, 2, "YUV422_8", "camera")
    uyvy = to_rgb(np.tile(np.array([128, 126], np.uint8), 8), 4, 2, "YUV422_8_UYVY", "camera")

    assert (yuyv == uyvy).all()
    assert np.ptp(yuyv) == 0


def test_a_photo_has_memory_of_its_own() -> None:
    """The buffer of the driver is filled anew while the photo is judged."""
    samples = np.full(12, 7, np.uint8)
    photo = to_rgb(samples, 2, 2, "RGB8", "camera")
    samples[:] = 0

    assert (photo == 7).all()


def test_a_format_that_is_not_read() -> None:
    """The error lists those that are."""
    with pytest.raises(ConnectError, match="Mono12p") as caught:
        to_rgb(np.zeros(6, np.uint8), 2, 2, "Mono12p", "camera")

    assert "BayerRG8" in str(caught.value.allowed)


def test_a_frame_that_is_cut_off() -> None:
    """Too few samples are a lost part of a frame, never a photo."""
    with pytest.raises(ConnectError) as caught:
        to_rgb(np.zeros(7, np.uint8), 4, 2, "Mono8", "camera")

    assert caught.value.code is Code.CAMERA_DROPPED
