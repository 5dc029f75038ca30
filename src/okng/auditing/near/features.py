"""Local features and fine texture of a photo: the input of the search for near duplicates."""

import threading
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
SIDE = 256
"""Longer side, in pixels, of the photo in which features are detected."""
FEATURES = 250
"""Local features per photo, at most: the strongest ones, in descending order."""
TEXTURE = 128
"""Longer side, in pixels, of the texture."""
GREY = 192
"""Longer side, in pixels, of the grey photo, from which a common print can be removed."""

_CELLS, _DIRECTIONS = 4, 8  # of a SIFT descriptor: 4 x 4 cells with 8 directions each
_FINE, _LOCAL = 2.5, 6.0  # pixels: blur that separates lighting, and width of the local contrast
_TEXTURE_STEP = 1 / 32  # texture per step of int8: +-4 local contrasts fit
_own = threading.local()


@dataclass(frozen=True, slots=True)
class LocalFeatures:
    """Local features and reduced versions of one photo.

    Attributes:
        places: float32 (F, 2), x and y of each feature, in pixels of the texture.
        descriptors: uint8 (F, 128), SIFT (Lowe, 2004), relative to the direction of the feature.
        texture: int8 (h, w), at most 128 x 128: high-pass filtered photo over local contrast,
            which removes lighting and exposure.
        grey: uint8 (h, w), at most 192 x 192: the photo in grey.
    """

    places: Floats
    descriptors: Bytes
    texture: npt.NDArray[np.int8]
    grey: Bytes


def local_features(photo: Bytes) -> LocalFeatures:
    """Describe a photo uint8 (H, W, 3); safe to call from several threads."""
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    places, descriptors = _detect(_resized(grey, SIDE))
    texture = _texture(_resized(grey, TEXTURE))
    return LocalFeatures(places * (TEXTURE / SIDE), descriptors, texture, _resized(grey, GREY))


def mirrored(descriptors: Bytes) -> Bytes:
    """The descriptors of the mirrored photo: the same numbers in another order."""
    return descriptors[:, _MIRROR]


def rooted(descriptors: Bytes) -> Floats:
    """RootSIFT (Arandjelovic and Zisserman, 2012): unit vectors float32 (F, 128)."""
    values = descriptors.astype(np.float32)
    return np.asarray(np.sqrt(values / values.sum(axis=1, keepdims=True).clip(min=1.0)))


def inside(shape: tuple[int, ...]) -> Floats:
    """Float32 (h, w): 1 in the ellipse inscribed in a texture, 0 in its corners.

    The corners of rotated copies are filled with other content.
    """
    height, width = shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    across = ((x - (width - 1) / 2) / (0.47 * width)) ** 2
    along = ((y - (height - 1) / 2) / (0.47 * height)) ** 2
    return np.asarray(across + along < 1, dtype=np.float32)


def _resized(grey: Bytes, side: int) -> Bytes:
    height, width = grey.shape
    scale = side / max(height, width)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=how), dtype=np.uint8)


def _detect(grey: Bytes) -> tuple[Floats, Bytes]:
    equaliser, detector = _tools()
    points, all_descriptors = detector.detectAndCompute(equaliser.apply(grey), None)
    if all_descriptors is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8)
    # Stable: equal responses keep the order of the detector, so results are reproducible.
    strongest = np.argsort([-point.response for point in points], kind="stable")[:FEATURES]
    places = np.array([points[number].pt for number in strongest], dtype=np.float32)
    return places, all_descriptors[strongest].round().clip(0, 255).astype(np.uint8)


def _tools() -> tuple[Any, Any]:
    """One equaliser and one detector per thread: those of OpenCV are not thread-safe."""
    if not hasattr(_own, "tools"):
        cv2.setNumThreads(1)  # photos are already distributed to threads
        detector = cv2.SIFT.create(nfeatures=FEATURES, contrastThreshold=0.01, edgeThreshold=15)
        _own.tools = cv2.createCLAHE(2.0, (8, 8)), detector
    tools: tuple[Any, Any] = _own.tools
    return tools


def _texture(grey: Bytes) -> npt.NDArray[np.int8]:
    values = grey.astype(np.float32)
    # High-pass over local deviation; + 2 grey levels, so that noise in flat areas stays small.
    fine = values - cv2.GaussianBlur(values, (0, 0), _FINE)
    contrast = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _LOCAL))
    return (fine / (contrast + 2.0) / _TEXTURE_STEP).round().clip(-127, 127).astype(np.int8)


def _mirror_order() -> npt.NDArray[np.intp]:
    """The permutation (128,) of a descriptor when the photo is mirrored at the feature's axis.

    A descriptor is 4 x 4 cells of 8 directions: rows of cells are swapped, directions inverted.
    """
    numbers = np.arange(_CELLS * _CELLS * _DIRECTIONS).reshape(_CELLS, _CELLS, _DIRECTIONS)
    return numbers[::-1][:, :, (-np.arange(_DIRECTIONS)) % _DIRECTIONS].reshape(-1)


_MIRROR = _mirror_order()
