"""okng.auditing.near.geometric_verification: known affine maps come back, and chance does not."""

import numpy as np
import numpy.typing as npt
import pytest

from okng.auditing.near.geometric_verification import (
    View,
    align,
    correlated,
    lay_over,
    texture_correlation,
)
from okng.testing import copy_photo, draw_part

TURN = np.array([[0.8, -0.5, 30.0], [0.45, 0.9, -10.0]])


def view(places: npt.NDArray[np.float64], seed: int = 0) -> View:
    """A view whose vectors are drawn: plain ones and others for the mirror image."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(2, len(places), 64))
    plain, mirror = (vectors / np.linalg.norm(vectors, axis=2, keepdims=True)).astype(np.float32)
    texture = rng.integers(-100, 100, (128, 128), dtype=np.int8)
    return View(places.astype(np.float32), plain, mirror, texture)


def moved(a: View, matrix: npt.NDArray[np.float64], *, mirror: bool = False) -> View:
    """The same features at other places: those that `matrix` leads back to those of `a`."""
    linear, shift = matrix[:, :2], matrix[:, 2]
    places = (a.places - shift) @ np.linalg.inv(linear).T
    vectors = a.mirrored if mirror else a.vectors
    return View(places.astype(np.float32), vectors, vectors, a.texture)


@pytest.fixture
def a() -> View:
    """A photo with 60 features."""
    return view(np.random.default_rng(1).uniform(0, 128, (60, 2)))


def test_known_map_is_recovered(a: View) -> None:
    """Turn, zoom, shear and shift, from every feature."""
    found = align(a, moved(a, TURN), mirrored=False)

    assert found is not None
    assert found.matches == 60
    assert np.abs(found.matrix - TURN).max() < 0.01


def test_wrong_places_do_not_count(a: View) -> None:
    """A third of the features lies elsewhere: the map holds, and they are not among the matches."""
    b = moved(a, TURN)
    b.places[::3] += np.random.default_rng(2).uniform(20, 60, (20, 2)).astype(np.float32)
    found = align(a, b, mirrored=False)

    assert found is not None
    assert 38 <= found.matches <= 42
    assert np.abs(found.matrix - TURN).max() < 0.05


def test_mirror_image_is_found_as_such(a: View) -> None:
    """Only where mirrored vectors meet a map that mirrors."""
    b = moved(a, np.array([[-1.0, 0.0, 127.0], [0.0, 1.0, 0.0]]), mirror=True)

    found = align(a, b, mirrored=True)
    assert found is not None
    assert found.mirrored
    assert align(a, b, mirrored=False) is None


@pytest.mark.parametrize(
    "matrix",
    [[[3.0, 0, 0], [0, 3.0, 0]], [[0.3, 0, 0], [0, 0.3, 0]], [[1.6, 0, 0], [0, 0.7, 0]]],
    ids=["zoomed in", "zoomed out", "stretched"],
)
def test_implausible_maps_are_refused(a: View, matrix: list[list[float]]) -> None:
    """No photo of the same part is changed like this."""
    assert align(a, moved(a, np.array(matrix)), mirrored=False) is None


def test_other_features_do_not_align(a: View) -> None:
    """Chance brings a handful to agree, never many."""
    found = align(a, view(a.places.astype(float), seed=9), mirrored=False)

    assert found is None or found.matches < 12


def test_few_features_are_not_enough(a: View) -> None:
    """Five matches, or none, prove nothing."""
    few = View(a.places[:5], a.vectors[:5], a.mirrored[:5], a.texture)

    assert align(few, a, mirrored=False) is None
    assert align(view(np.zeros((0, 2))), a, mirrored=False) is None


def test_texture_is_compared_where_both_are_known(a: View) -> None:
    """Equal textures agree, others do not, and too small an overlap says nothing."""
    same, away = np.array([[1.0, 0, 0], [0, 1, 0]]), np.array([[1.0, 0, 100.0], [0, 1, 0]])
    here, there = (align(a, moved(a, m), mirrored=False) for m in (same, away))
    assert here is not None
    assert there is not None

    assert texture_correlation(a, a, here) > 0.99
    assert abs(texture_correlation(a, view(a.places.astype(float), seed=5), here)) < 0.1
    assert texture_correlation(a, a, there) == 0.0


def test_constant_rows_have_no_correlation() -> None:
    """Instead of a division by zero."""
    assert correlated(np.ones(5, np.float32), np.arange(5, dtype=np.float32)) == 0.0


def test_photos_are_laid_over_each_other() -> None:
    """A quarter turn, in longer sides of the photo; another part does not fit."""
    part = draw_part(4, size=160)
    found = lay_over(part.photo, np.ascontiguousarray(np.rot90(part.photo)))

    assert found is not None
    assert np.abs(found - [[0, -1, 1], [1, 0, 0]]).max() < 0.02
    assert lay_over(part.photo, copy_photo(part, 3).photo) is not None
    assert lay_over(part.photo, np.zeros((90, 90, 3), np.uint8)) is None
