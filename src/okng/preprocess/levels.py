"""Samples of a photo -> uint8 RGB. Photos with more than 8 bits are scaled by their set's depth.

No file states how many of its 16 bits a camera filled: the largest value over all photos of a set
does. That depth is taken from the set, is stored in the model file, and holds on the line.
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
"""Bits that cameras fill."""
FULL_DEPTH = 16
"""Where no set of photos is known."""
_UNIT_SLACK = 1 / 512  # half a grey level: floats of [0, 1] that a resize has taken a bit beyond
_LEAST_EVIDENT = 16.0  # floats whose largest value lies between 1 and this may mean anything


class Samples(NamedTuple):
    """What a file holds, before its depth is known.

    Attributes:
        colours: (H, W) grey or (H, W, 3) RGB; uint8, or another type for more than 8 bits.
        alpha: (H, W), the share that is opaque, or None.
        inverted: 0 is white.
        declared: bits that the file states where it says more than the size of its words, or 0.
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
        unit: whether the values are floats of [0, 1].
    """

    low: float
    high: float
    declared: int = 0
    unit: bool = False

    @property
    def depth(self) -> int:
        """Bits, of `DEPTHS`, that hold the values."""
        if self.unit:
            return DEPTHS[0]
        needed = max(self.declared, int(self.high).bit_length())
        return next(bits for bits in DEPTHS if bits >= needed)

    def refusal(self, depth: int) -> str:
        """Why a photo is refused by a model or set of this depth; empty where it is not."""
        if self.unit:
            return ""
        own = self._replace(declared=0).depth
        if own > depth:
            return (
                f"The photo has {own} bits (values up to {self.high:g}); the model was trained on "
                f"{depth}"
            )
        shift = depth - DEPTHS[0]
        if self.low != self.high and int(self.low) >> shift == int(self.high) >> shift:
            return (
                f"The photo is one grey level: its values {self.low:g} to {self.high:g} are the "
                f"same at {depth} bits"
            )
        return ""


def unsigned(colours: Numbers) -> Numbers:
    """Signed bytes without a negative value as plain 8 bits; other numbers as they are."""
    if colours.dtype == np.int8 and colours.min() >= 0:
        return colours.astype(np.uint8)
    return colours


def depth_of(spans: Iterable[Span | None]) -> int:
    """The depth of a set of photos; full where none of them tells it."""
    told = (span.depth for span in spans if span is not None and not span.unit)
    return max(told, default=FULL_DEPTH)


def span_of(samples: Samples, name: str) -> Span | None:
    """Range of the values of a photo; None for one of 8 bits.

    Raises:
        PhotoError: it is not evident what is black and what is white.
    """
    colours = samples.colours
    if colours.dtype == np.uint8:
        return None
    low, high = float(colours.min()), float(colours.max())
    is_float = colours.dtype.kind == "f"
    slack = _UNIT_SLACK if is_float else 0.0
    unit = is_float and high <= 1 + slack
    if not (np.isfinite(low) and np.isfinite(high)):
        raise _not_evident("holds values that are no numbers", name)
    if low < -slack or high >= 1 << FULL_DEPTH or (is_float and not unit and high < _LEAST_EVIDENT):
        raise _not_evident(f"holds {colours.dtype} values from {low:g} to {high:g}", name)
    return Span(low, high, samples.declared, unit)


def to_rgb(samples: Samples, depth: int | None, name: str) -> Array:
    """Scale, invert, lay transparent parts on black.

    Args:
        samples: of one photo.
        depth: bits of photos with more than 8; None takes the photo's own.
        name: of the photo, for an error.

    Returns:
        uint8 (H, W, 3), C-contiguous, writable.

    Raises:
        PhotoError: values beyond the depth, or nothing is left of the photo.
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
    """Whether some of the photo is transparent; alpha of one value everywhere means nothing."""
    alpha = samples.alpha
    return alpha is not None and bool(alpha.min() != alpha.max())


def _scaled(colours: Numbers, span: Span, depth: int | None, name: str) -> Array:
    if span.unit:
        return (colours * 255 + 0.5).clip(0, 255).astype(np.uint8)
    depth = span.depth if depth is None else depth
    refusal = span.refusal(depth)
    if refusal:
        raise fault(PhotoFault.DEPTH, refusal, name)
    photo = np.empty(colours.shape, np.uint8)
    if colours.dtype.kind == "f":
        np.divide(colours, 1 << (depth - 8), out=photo, casting="unsafe")
    else:
        np.right_shift(colours, depth - 8, out=photo, casting="unsafe")
    return photo


def _alpha(alpha: Numbers) -> Array | None:
    """As uint8; None where it is the same everywhere, as buffers with an unused byte have it."""
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
    for channel in range(3):
        laid[..., channel] = (photo[..., channel] * alpha.astype(np.uint16) + 127) // 255
    if varied and laid.min() == laid.max():
        what = "Nothing is left of the photo: it is transparent wherever it shows anything"
        raise fault(PhotoFault.FORM, what, name)
    return laid


def _not_evident(why: str, name: str) -> Exception:
    what = f"The photo {why}, so its black and white are not evident: save it as 8 or 16 bit"
    return fault(PhotoFault.RANGE, what, name)
