"""Aligns two photos: estimates the affine map (turn, shift, zoom, shear, mirroring) from b to a."""

import functools
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from okng.auditing.near.features import (
    TEXTURE,
    Bytes,
    Floats,
    LocalFeatures,
    inside,
    local_features,
    mirrored,
    rooted,
)

FEWEST_MATCHES = 6
"""Matches that must agree on one affine map: three define it, a few more agree by chance."""

_inside = functools.lru_cache(maxsize=64)(inside)
_TOLERANCE = 2.0  # pixels of the texture between a mapped feature and its match
_LARGEST_ZOOM, _LARGEST_STRETCH = 2.2, 1.8  # ratios; wilder maps are fits to chance matches
_SMALLEST_OVERLAP = 0.25  # fraction of the texture that both photos must show
_SHOWN = 12  # agreeing features from which an overlay is shown in the report


@dataclass(frozen=True, slots=True)
class View:
    """A photo, prepared for alignment.

    Attributes:
        places: float32 (F, 2), in pixels of the texture.
        vectors: float32 (F, D), unit length, one per feature.
        mirrored: float32 (F, D), the vectors of the mirrored photo.
        texture: int8 (h, w), see `LocalFeatures`.
    """

    places: Floats
    vectors: Floats
    mirrored: Floats
    texture: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The affine map from photo b to photo a.

    Attributes:
        matrix: float64 (2, 3), from places of b to places of a.
        matches: number of features that agree with it.
        mirrored: whether b is a mirror image.
    """

    matrix: npt.NDArray[np.float64]
    matches: int
    mirrored: bool


def align(a: View, b: View, *, mirrored: bool) -> Alignment | None:
    """The affine map with which most matches agree (RANSAC); None if too few agree."""
    similarity = (a.mirrored if mirrored else a.vectors) @ b.vectors.T
    if min(similarity.shape) < FEWEST_MATCHES:
        return None
    # similarity: (features of a, features of b); a match is mutual nearest neighbours.
    partner = similarity.argmax(axis=1)
    mutual = similarity.argmax(axis=0)[partner] == np.arange(len(partner))
    source, target = b.places[partner[mutual]], a.places[mutual]
    if len(source) < FEWEST_MATCHES:
        return None
    matrix, agree = cv2.estimateAffine2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_TOLERANCE, maxIters=500,
        confidence=0.99, refineIters=5,
    )  # fmt: skip
    if matrix is None or not _plausible(matrix, mirrored=mirrored):
        return None
    count = int(agree.sum())
    return Alignment(matrix, count, mirrored) if count >= FEWEST_MATCHES else None


def best_alignment(a: View, b: View) -> Alignment | None:
    """The better of the plain and the mirrored alignment; None if too few features agree."""
    alignments = [align(a, b, mirrored=m) for m in (False, True)]
    return max((f for f in alignments if f), key=lambda f: f.matches, default=None)


def lay_over(a: Bytes, b: Bytes) -> npt.NDArray[np.float64] | None:
    """The affine map from one photo to another, computed from their pixels.

    Args:
        a: uint8 (H, W, 3).
        b: likewise.

    Returns:
        float64 (2, 3), from places of b to places of a, in units of the longer side of the photo;
        None if too few features agree.
    """
    views = [_view(local_features(photo)) for photo in (a, b)]
    best = best_alignment(*views)
    if best is None or best.matches < _SHOWN:
        return None
    scaled = best.matrix.copy()
    scaled[:, 2] /= TEXTURE
    return scaled


def _view(features: LocalFeatures) -> View:
    plain, mirror = (rooted(d) for d in (features.descriptors, mirrored(features.descriptors)))
    return View(features.places, plain, mirror, features.texture)


def texture_correlation(a: View, b: View, alignment: Alignment) -> float:
    """Correlation of two textures where the photos overlap, in [-1, 1]; 0 with little overlap."""
    ours = _inside(a.texture.shape)
    both = laid_over(_inside(b.texture.shape), alignment, ours.shape) * ours > 0.99
    if both.sum() < _SMALLEST_OVERLAP * ours.sum():
        return 0.0
    over = laid_over(b.texture.astype(np.float32), alignment, ours.shape)
    return correlated(a.texture[both].astype(np.float32), over[both])


def laid_over(pixels: Floats, alignment: Alignment, shape: tuple[int, ...]) -> Floats:
    """Pixels of b at the places of a: float32 of `shape`, 0 outside of b."""
    size = shape[1], shape[0]
    return np.asarray(cv2.warpAffine(pixels, alignment.matrix, size, flags=cv2.INTER_LINEAR))


def correlated(x: Floats, y: Floats) -> float:
    """Pearson's correlation of two equally long rows; 0 when one of them is constant."""
    x, y = x - x.mean(), y - y.mean()
    length = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / length if length > 1e-6 else 0.0


def _plausible(matrix: npt.NDArray[np.float64], *, mirrored: bool) -> bool:
    """Whether a map (2, 3) mirrors as the features do, without extreme zoom or stretch."""
    if (np.linalg.det(matrix[:, :2]) < 0) != mirrored:
        return False
    # Singular values are the largest and the smallest zoom of the map.
    large, small = np.linalg.svd(matrix[:, :2], compute_uv=False)
    return bool(
        large < _LARGEST_ZOOM and small > 1 / _LARGEST_ZOOM and large / small < _LARGEST_STRETCH
    )
