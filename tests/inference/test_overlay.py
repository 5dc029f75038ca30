"""Evidence for *defective* over a photo: one scale, clear below a level, an outline."""

import numpy as np
from PIL import Image

from okng.inference.overlay import (
    beside,
    colours,
    layer,
    overlay,
    strength,
)
from okng.inference.verdict_picture import picture_of
from okng.modelfile import HeatScale
from okng.verdict import Judgement, Verdict

PHOTO = np.full((80, 120, 3), 100, np.uint8)
SCALE = HeatScale(clear=1.0, full=3.0)


def _verdict(evidence: np.ndarray | None, heatmap: np.ndarray | None = None) -> Verdict:
    found = None if evidence is None else evidence.astype(np.float32)
    return Verdict(Judgement.OK, 0.2, "ok", {}, 0.5, heatmap=heatmap, evidence=found)


def _spot(height: float, rest: float = 0.0) -> np.ndarray:
    evidence = np.full((8, 12), rest, np.float32)
    evidence[1:3, 8:10] = height
    return evidence


def test_one_scale_for_all_photos() -> None:
    """The same evidence has the same colour, whatever else there is in the photo."""
    weak, strong = (strength(_verdict(_spot(h)), SCALE) for h in (2.0, 9.0))

    assert weak is not None
    assert strong is not None
    assert weak.max() == 0.5
    assert strong.max() == 4.0
    assert weak[0, 0] == strong[0, 0] == -0.5


def test_evidence_is_for_defective_whatever_the_verdict() -> None:
    """An OK verdict does not turn its sign, and its own heatmap does not count."""
    heatmap = np.ones((8, 12), np.float32)

    found = strength(_verdict(_spot(2.0), heatmap), SCALE)

    assert found is not None
    assert np.array_equal(found > 0, _spot(2.0) > 1)


def test_places_below_the_level_stay_clear() -> None:
    """No tint there; where nothing reaches the level, there is but an outline of the most."""
    far = np.zeros((80, 120), bool)
    far[45:, :60] = True

    for height in (3.0, 0.9):
        strengths = strength(_verdict(_spot(height, rest=0.1)), SCALE)
        assert strengths is not None
        drawn = layer(strengths, (80, 120))
        assert not drawn.colour[far][:, 3].any()
        assert drawn.stands_out is (height > 1)
        tinted = (drawn.colour[..., 3] > 0) & (drawn.colour[..., 3] < 255)
        assert tinted.any() == (height > 1)


def test_outline_goes_round_the_hottest_region_alone() -> None:
    """The defect within is tinted at most by half; a lesser spot elsewhere has no outline."""
    evidence = _spot(3.0)
    evidence[6, 1] = 1.4
    strengths = strength(_verdict(evidence), SCALE)
    assert strengths is not None
    alpha = layer(strengths, (80, 120)).colour[..., 3]
    rows, columns = np.nonzero(alpha == 255)

    assert rows.max() < 50
    assert columns.min() > 60
    assert 0 < alpha[15:25, 85:95].max() <= 102


def test_no_evidence_in_an_old_file_gives_its_heatmap() -> None:
    """It is scaled to its own maximum, so that its lower part stays clear."""
    heatmap = np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3)

    found = strength(_verdict(None, heatmap), None)

    assert found is not None
    assert found.max() == 1
    assert (found > 0).sum() == 3


def test_no_heatmap_no_strength() -> None:
    """None where none was asked for."""
    assert strength(_verdict(None), SCALE) is None


def test_flat_evidence_has_neither_tint_nor_outline() -> None:
    """Where no place differs, none is pointed at."""
    flat = np.full((8, 12), -1.0, np.float32)

    assert np.array_equal(overlay(PHOTO, flat), PHOTO)


def test_photo_stands_beside_its_overlay() -> None:
    """The defect can be looked at without colour."""
    pair = beside(PHOTO, _spot(1.0))

    assert pair.shape == (80, 246, 3)
    assert np.array_equal(pair[:, :120], PHOTO)
    assert not np.array_equal(pair[:, 126:], PHOTO)


def test_picture_of_a_verdict_has_its_words_below() -> None:
    """Photo, overlay, and a strip that is not empty; large photos are shrunk."""
    for side in (40, 200, 3000):
        photo = np.full((side, side, 3), 100, np.uint8)
        picture = picture_of(photo, _verdict(_spot(3.0)), SCALE)
        half = (picture.width - 6) // 2
        strip = np.asarray(picture.crop((0, half, picture.width, picture.height)))

        assert half == min(max(side, 160), 1024)
        assert isinstance(picture, Image.Image)
        assert (strip < 200).any()


def test_colours_rise_in_lightness() -> None:
    """The map reads in grey print, too."""
    light = colours(np.linspace(0, 1, 50, dtype=np.float32)) @ (0.299, 0.587, 0.114)

    assert (np.diff(light) > 0).all()
