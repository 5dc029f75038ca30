"""Converts samples to uint8 RGB. Photos of more than 8 bits are scaled by the data set's depth.

A file of 16 bits does not state how many bits the camera uses. This depth is determined from the
largest value over all photos of the data set, stored in the model file, and applied on the line.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from okng.errors import PhotoFault
from okng.preprocess.faults import fault

Array = npt.NDArray[np.uint8]
Numbers = npt.NDArray[Any]

DEPTHS = (8, 10, 12, 14, 16)
"""Bits per channel that cameras use."""
FULL_DEPTH = 16
"""Depth without a data set."""
_UNIT_SLACK = 1 / 512  # half a grey level by which a resize may exceed floats in [0, 1]
_LEAST_EVIDENT = 16.0  # floats with a largest value between 1 and this have no evident scale


class Samples(NamedTuple):
    """The values of a file, before its depth is known.

    Attributes:
        colours: (H, W) grey or (H, W, 3) RGB; uint8, or another type for more than 8 bits.
        alpha: (H, W), opacity, or None.
        inverted: whether 0 is white.
        declared: bits per channel that the file states beyond the size of its words, or 0.
    """

    colours: Numbers
    alpha: Numbers | None = None
    inverted: bool = False
    declared: int = 0


class Span(NamedTuple):
    """Smallest and largest value of a photo with more than 8 bits.

    Attributes:
        low: the smallest value.
        high: the largest value.
        declared: bits that the file states, or 0.
        unit: whether the values are floats in [0, 1].
    """

    low: float
    high: float
    declared: int = 0
    unit: bool = False

    @property
    def depth(self) -> int:
        """The smallest of `DEPTHS` that the values fit into."""
        if self.unit:
            return DEPTHS[0]
        needed = max(self.declared, int(self.high).bit_length())
        return next(bits for bits in DEPTHS if bits >= needed)

    def refusal(self, depth: int) -> str:
        """Why a model or a data set of this depth rejects the photo; empty if it does not."""
        if self.unit:
            return ""
        own = self._replace(declared=0).depth
        if own > depth:
            return (
                f"The photo has {own} bits (values up to {self.high:g}); the model was trained on "
                f"{depth}"
            )
        # At this depth the photo would be reduced to 8 bits by this shift.
        shift = depth - DEPTHS[0]
        if self.low != self.high and int(self.low) >> shift == int(self.high) >> shift:
            return (
                f"The photo has a single grey level: its values {self.low:g} to {self.high:g} are "
                f"equal at {depth} bits"
            )
        return ""


def unsigned(colours: Numbers) -> Numbers:
    """Signed bytes without a negative value as uint8; other numbers unchanged."""
    if colours.dtype == np.int8 and colours.min() >= 0:
        return colours.astype(np.uint8)
    return colours


def depth_of(spans: Iterable[Span | None]) -> int:
    """The depth of a data set; 16 if it has no photo with more than 8 bits."""
    depths = (span.depth for span in spans if span is not None and not span.unit)
    return max(depths, default=FULL_DEPTH)


def span_of(samples: Samples, name: str) -> Span | None:
    """Range of the values of a photo; None for a photo of 8 bits.

    Raises:
        PhotoError: the values of black and white are not evident.
    """
    colours = samples.colours
    if colours.dtype == np.uint8:
        return None
    low, high = float(colours.min()), float(colours.max())
    is_float = colours.dtype.kind == "f"
    slack = _UNIT_SLACK if is_float else 0.0
    unit = is_float and high <= 1 + slack
    if not (np.isfinite(low) and np.isfinite(high)):
        raise _not_evident("has values that are not finite", name)
    # Floats up to 16 could be in [0, 1] with overshoot, or integers of a dark photo.
    if low < -slack or high >= 1 << FULL_DEPTH or (is_float and not unit and high < _LEAST_EVIDENT):
        raise _not_evident(f"has {colours.dtype} values from {low:g} to {high:g}", name)
    return Span(low, high, samples.declared, unit)


def to_rgb(samples: Samples, depth: int | None, name: str) -> Array:
    """Scale, invert and blend transparent pixels with black.

    Args:
        samples: samples of one photo.
        depth: bits per channel of photos with more than 8 bits; None uses the photo's own.
        name: name of the photo, for errors.

    Returns:
        uint8 (H, W, 3), C-contiguous, writable.

    Raises:
        PhotoError: values exceed the depth, or every visible pixel is transparent.
    """
    span = span_of(samples, name)
    photo = samples.colours if span is None else _scaled(samples.colours, span, depth, name)
    if samples.inverted:
        photo = ~photo
    if photo.ndim == 2:
        photo = np.repeat(photo[..., None], 3, axis=2)
    photo = np.require(photo, requirements=["C", "W"])
    alpha = None if samples.alpha is None else _alpha(samples.alpha)
    return photo if alpha is None else _on_black(photo, alpha, name)


def has_clear_parts(samples: Samples) -> bool:
    """Whether any pixel is transparent; an alpha channel with a single value is ignored."""
    alpha = samples.alpha
    return alpha is not None and bool(alpha.min() != alpha.max())


def _scaled(colours: Numbers, span: Span, depth: int | None, name: str) -> Array:
    if span.unit:
        return (colours * 255 + 0.5).clip(0, 255).astype(np.uint8)
    depth = span.depth if depth is None else depth
    refusal = span.refusal(depth)
    if refusal:
        raise fault(PhotoFault.DEPTH, refusal, name)
    # Truncated, not rounded: floats and integers of the same value give the same grey level.
    photo = np.empty(colours.shape, np.uint8)
    if colours.dtype.kind == "f":
        np.divide(colours, 1 << (depth - 8), out=photo, casting="unsafe")
    else:
        np.right_shift(colours, depth - 8, out=photo, casting="unsafe")
    return photo


def _alpha(alpha: Numbers) -> Array | None:
    """Alpha as uint8; None if it is constant, as in 32-bit buffers with an unused byte."""
    low, high = alpha.min(), alpha.max()
    if low == high:
        return None
    if alpha.dtype == np.uint8:
        return alpha
    share = alpha / (np.iinfo(alpha.dtype).max if alpha.dtype.kind in "iu" else max(1.0, high))
    return (share * 255 + 0.5).clip(0, 255).astype(np.uint8)


def _on_black(photo: Array, alpha: Array, name: str) -> Array:
    varied = photo.min() != photo.max()
    laid = np.empty_like(photo)
    for channel in range(3):  # one channel at a time, for uint16 takes twice the memory
        laid[..., channel] = (photo[..., channel] * alpha.astype(np.uint16) + 127) // 255
    if varied and laid.min() == laid.max():
        what = "All visible pixels of the photo are transparent"
        raise fault(PhotoFault.FORM, what, name)
    return laid


def _not_evident(why: str, name: str) -> Exception:
    what = f"The photo {why}; its black and white level are not evident: save it as 8 or 16 bit"
    return fault(PhotoFault.RANGE, what, name)
