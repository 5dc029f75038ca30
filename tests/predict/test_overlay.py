"""A heatmap over a photo."""

import numpy as np

from okng.predict import overlay
from okng.predict.overlay import colours

PHOTO = np.full((40, 60, 3), 100, np.uint8)


def test_cold_places_stay_as_they_are() -> None:
    """No heat, no colour."""
    assert np.array_equal(overlay(PHOTO, np.zeros((4, 6), np.float32)), PHOTO)


def test_hot_place_stands_out_where_it_is() -> None:
    """The coarse map is laid over the right place."""
    heat = np.zeros((4, 6), np.float32)
    heat[0, 5] = 1
    change = np.abs(overlay(PHOTO, heat).astype(int) - PHOTO).sum(2)

    assert np.unravel_index(change.argmax(), change.shape) > (0, 45)
    assert change[:10, 50:].mean() > 20 * max(change[30:, :10].mean(), 0.1)


def test_colours_rise_in_lightness() -> None:
    """The map reads in grey print, too."""
    light = colours(np.linspace(0, 1, 50, dtype=np.float32)) @ (0.299, 0.587, 0.114)

    assert (np.diff(light) > 0).all()
