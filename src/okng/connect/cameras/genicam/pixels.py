"""Pixel formats of GenICam (PFNC) -> uint8 RGB."""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from okng.connect.part import Array
from okng.error_codes import Code
from okng.errors import ConnectError

Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


class _Format(NamedTuple):
    """How a format is read.

    Attributes:
        channels: samples of one pixel.
        bits: that a sample uses; more than 8 stand in two bytes.
        convert: uint8 (H, W) or (H, W, channels) -> uint8 (H, W, 3), RGB.
    """

    channels: int
    bits: int
    convert: Callable[[Array], Array]


def _by(code: int) -> Callable[[Array], Array]:
    return lambda pixels: np.asarray(cv2.cvtColor(pixels, code), np.uint8)


_GREY = _by(cv2.COLOR_GRAY2RGB)
# GenICam names a mosaic by its first row, and so do these names of OpenCV; its older ones do not.
_MOSAICS = {
    "BayerRG": _by(cv2.COLOR_BayerRGGB2RGB),
    "BayerGR": _by(cv2.COLOR_BayerGRBG2RGB),
    "BayerBG": _by(cv2.COLOR_BayerBGGR2RGB),
    "BayerGB": _by(cv2.COLOR_BayerGBRG2RGB),
}
FORMATS: dict[str, _Format] = {
    **{f"Mono{bits}": _Format(1, bits, _GREY) for bits in (8, 10, 12, 14, 16)},
    **{
        f"{name}{bits}": _Format(1, bits, convert)
        for name, convert in _MOSAICS.items()
        for bits in (8, 10, 12, 16)
    },
    "RGB8": _Format(3, 8, np.array),
    "BGR8": _Format(3, 8, _by(cv2.COLOR_BGR2RGB)),
    "RGBa8": _Format(4, 8, _by(cv2.COLOR_RGBA2RGB)),
    "BGRa8": _Format(4, 8, _by(cv2.COLOR_BGRA2RGB)),
    "YUV422_8": _Format(2, 8, _by(cv2.COLOR_YUV2RGB_YUYV)),
    "YUV422_8_UYVY": _Format(2, 8, _by(cv2.COLOR_YUV2RGB_UYVY)),
}
"""Formats that are read. Packed ones (`Mono12p`) are not: they save cable, and cost exactness."""


def to_rgb(samples: Samples, width: int, height: int, name: str, where: str) -> Array:
    """Samples of one frame as a photo of its own memory: uint8 (H, W, 3), RGB.

    Args:
        samples: flat; rows may be padded at their end.
        width: in pixels.
        height: likewise.
        name: of the format, as PFNC has it. Formats of more than 8 bits keep the upper 8.
        where: of the camera, for errors.

    Raises:
        ConnectError: the format is not read, or the frame is cut off.
    """
    form = FORMATS.get(name)
    if form is None:
        raise ConnectError(
            f"Photos in the pixel format {name} are not read.",
            where=where,
            allowed=", ".join(FORMATS),
            hint="Set pixel_format to one of these.",
            code=Code.CAMERA_SETTING,
        )
    wanted = width * form.channels
    if not height or samples.size % height or samples.size // height < wanted:
        raise ConnectError(
            f"A frame of {width} x {height} pixels came with {samples.size} samples.",
            where=where,
            hint="Look at the network card's settings (jumbo frames) and at other load on the bus.",
            code=Code.CAMERA_DROPPED,
        )
    rows = samples.reshape(height, -1)[:, :wanted]  # harvesters leaves the padding in
    pixels = rows if form.channels == 1 else rows.reshape(height, width, form.channels)
    return form.convert(np.ascontiguousarray(_upper_bits(pixels, form.bits)))


def _upper_bits(pixels: Samples, bits: int) -> Array:
    return np.asarray(pixels >> (bits - 8) if bits > 8 else pixels, np.uint8)
