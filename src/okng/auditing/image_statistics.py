"""Measures properties of every photo: file, form, lighting and sharpness."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from okng import preprocess
from okng.dataset import Dataset
from okng.dataset.parallel import in_order
from okng.errors import PhotoError
from okng.events import Advance
from okng.preprocess import Decoded, shrink

_SIDE = 128  # pixels: lighting and sharpness are measured at one size, to be comparable
_GREY = (0.299, 0.587, 0.114)  # weights of red, green and blue, ITU-R BT.601
_BLACK, _WHITE = 0.02, 0.98  # grey values below and above which a pixel counts as clipped


@dataclass(frozen=True, slots=True)
class Facts:
    """Measured properties of one photo.

    Attributes:
        size: size of the file, in bytes.
        width: width of the upright photo, in pixels.
        height: height of the upright photo, in pixels.
        file_format: JPEG, PNG, ...
        mode: Pillow's name of the colour mode: L, RGB, RGBA, CMYK, I;16, ...
        bits: per channel.
        orientation: of EXIF, 1 to 8; 1 is upright.
        camera: maker and model after EXIF, or empty.
        pixels: SHA-256 of the decoded pixels, hexadecimal.
        brightness: mean grey value, in [0, 1].
        contrast: standard deviation of the grey values.
        red: mean red over the sum of mean red, green and blue, in [0, 1].
        blue: likewise for blue.
        sharpness: variance of the Laplacian over the variance of the photo.
        dark: fraction of pixels below 2 % of full scale.
        bright: fraction of pixels above 98 % of full scale.
        filled: bits that the values use, for photos with more than 8 bits; 0 for others, and for
            floats in [0, 1].
        peak: the largest value of such a photo.
        views: number of pictures in the file; the first is the photo.
        clear_parts: whether any pixel is transparent.
    """

    size: int
    width: int
    height: int
    file_format: str
    mode: str
    bits: int
    orientation: int
    camera: str
    pixels: str
    brightness: float
    contrast: float
    red: float
    blue: float
    sharpness: float
    dark: float
    bright: float
    filled: int = 0
    peak: float = 0.0
    views: int = 1
    clear_parts: bool = False

    def to_json(self) -> str:
        """As JSON text for the store."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "Facts":
        """The inverse of `to_json`."""
        return Facts(**json.loads(text))


def measure_photo(data: bytes, decoded: Decoded) -> Facts:
    """Measure a photo.

    Args:
        data: the bytes of its file.
        decoded: the result of `preprocess.show` for these bytes.
    """
    photo, form = decoded.pixels, decoded.form
    # Floats in [0, 1] have no number of bits.
    span = None if decoded.span is None or decoded.span.unit else decoded.span
    # (128, 128, 3) in [0, 1]
    small = shrink(photo, _SIDE).astype(np.float64) / 255
    grey = small @ _GREY
    colours = small.mean(axis=(0, 1))
    return Facts(
        size=len(data),
        width=photo.shape[1],
        height=photo.shape[0],
        file_format=form.file_format,
        mode=form.mode,
        bits=form.bits,
        orientation=form.orientation,
        camera=form.camera,
        pixels=hashlib.sha256(repr(photo.shape).encode() + photo.tobytes()).hexdigest(),
        brightness=float(grey.mean()),
        contrast=float(grey.std()),
        red=float(colours[0] / max(colours.sum(), 1e-6)),
        blue=float(colours[2] / max(colours.sum(), 1e-6)),
        sharpness=float(_laplacian(grey).var() / max(grey.var(), 1e-6)),
        dark=float((grey < _BLACK).mean()),
        bright=float((grey > _WHITE).mean()),
        filled=span.depth if span else 0,
        peak=span.high if span else 0.0,
        views=form.views,
        clear_parts=form.clear_parts,
    )


def measure(dataset: Dataset, advance: Advance) -> dict[str, Facts]:
    """Facts by path of all readable photos, without a cache.

    Args:
        dataset: the photos.
        advance: called with the number of photos done.
    """

    def measured(path: str) -> Facts | None:
        try:
            data = preprocess.read_bytes(dataset.root / path)
            opened = preprocess.open_photo(data, path)
            return measure_photo(data, preprocess.show(opened, path, depth=dataset.depth))
        except PhotoError:
            return None

    facts = {}
    for path, statistics in in_order(measured, (photo.path for photo in dataset.photos)):
        if statistics:
            facts[path] = statistics
        advance()
    return facts


def same_pixels(facts: Mapping[str, Facts]) -> list[list[str]]:
    """Groups of two or more paths of photos with identical pixels."""
    copies: dict[str, list[str]] = defaultdict(list)
    for path, fact in facts.items():
        copies[fact.pixels].append(path)
    return [paths for paths in copies.values() if len(paths) > 1]


def _laplacian(grey: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The 4-neighbour Laplacian of (h, w), float64 (h - 2, w - 2)."""
    inner = grey[1:-1, 1:-1]
    return grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
