"""okng.auditing.near.features: what is left of a photo, and its mirror image."""

import numpy as np

from okng.auditing.near.features import (
    FEATURES,
    TEXTURE,
    inside,
    local_features,
    mirrored,
    rooted,
)
from okng.testing import draw_part


def test_mirroring_is_a_permutation() -> None:
    """No number is lost, and mirroring twice gives the descriptor back."""
    descriptors = np.tile(np.arange(128, dtype=np.uint8), (3, 1))

    assert (np.sort(mirrored(descriptors)) == descriptors).all()
    assert (mirrored(mirrored(descriptors)) == descriptors).all()
    assert (mirrored(descriptors) != descriptors).any()


def test_mirrored_photo_has_mirrored_descriptors() -> None:
    """Features of the mirrored photo are found among the permuted ones, not among the others."""
    photo = draw_part(3, size=192).photo
    turned = local_features(np.ascontiguousarray(photo[:, ::-1]))
    plain = local_features(photo)
    theirs = rooted(turned.descriptors).T
    permuted = (rooted(mirrored(plain.descriptors)) @ theirs).max(axis=1)

    assert np.median(permuted) > 0.99
    assert np.median((rooted(plain.descriptors) @ theirs).max(axis=1)) < 0.95


def test_shapes_are_those_of_the_promise() -> None:
    """At most so many features, inside a texture whose longer side is 128, whatever the photo."""
    found = local_features(draw_part(1, size=300).photo[:150])

    assert found.texture.shape == (TEXTURE // 2, TEXTURE)
    assert found.places.shape == (len(found.descriptors), 2)
    assert 30 < len(found.descriptors) <= FEATURES
    assert (found.places.max(axis=0) <= (TEXTURE, TEXTURE // 2)).all()


def test_blank_photos_have_no_features() -> None:
    """Nothing is made up, and the shapes hold."""
    found = local_features(np.full((40, 60, 3), 90, np.uint8))

    assert found.places.shape == (0, 2)
    assert found.descriptors.shape == (0, 128)
    assert not found.texture.any()


def test_texture_does_not_see_the_light() -> None:
    """Half as bright, with less contrast: nearly the same texture."""
    photo = draw_part(2, size=160).photo
    bright, dark = (local_features(p).texture.astype(float) for p in (photo, photo // 2 + 10))

    assert np.corrcoef(bright.ravel(), dark.ravel())[0, 1] > 0.95


def test_rooted_descriptors_have_unit_length() -> None:
    """An empty one stays empty."""
    lengths = np.linalg.norm(rooted(np.array([[3] * 128, [0] * 128], np.uint8)), axis=1)

    assert lengths.round(5).tolist() == [1.0, 0.0]


def test_corners_are_outside() -> None:
    """What fills the corners of turned copies says nothing."""
    mask = inside((20, 40))

    assert mask[10, 20] == 1
    assert mask[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [0, 0, 0, 0]
