"""Directions in which copies of a part differ count less."""

import numpy as np

from okng.training.probe.whitening import MOST_FEATURES, fit_whitening

RNG = np.random.default_rng(0)
PARTS = np.repeat(np.arange(60), 5)


def _values() -> np.ndarray:
    """Parts differ in both features; copies of one part differ in the second one only."""
    parts = RNG.normal(size=(60, 2))
    noise = np.stack([np.zeros(300), RNG.normal(size=300)], axis=1)
    return (parts[PARTS] + noise).astype(np.float32)


def test_what_copies_change_counts_less() -> None:
    """The feature that tells parts apart stands out after whitening."""
    values = _values()
    whitened = fit_whitening(values, np.ones(300, np.float32), PARTS).apply(values)

    assert whitened[:, 0].std() > 2 * whitened[:, 1].std()


def test_linear_functions_survive() -> None:
    """A function of whitened features is the same function of plain ones."""
    values = _values()
    whitening = fit_whitening(values, np.ones(300, np.float32), PARTS)
    slopes, offsets = np.array([[0.4, -2.0], [1.0, 0.3]]), np.array([0.5, -1.0])
    plain, shift = whitening.undo(slopes, offsets)

    assert np.allclose(values @ plain.T + shift, whitening.apply(values) @ slopes.T + offsets)


def test_parts_with_one_photo_are_standardised_only() -> None:
    """Without copies there is nothing to learn about them."""
    values = RNG.normal(3, 5, (40, 3)).astype(np.float32)
    whitening = fit_whitening(values, np.ones(40, np.float32), np.arange(40))

    assert whitening.turn is None
    assert np.allclose(whitening.apply(values).std(axis=0), 1, atol=1e-3)


def test_very_many_features_are_standardised_only() -> None:
    """Their covariance would take minutes."""
    values = RNG.normal(size=(6, MOST_FEATURES + 1)).astype(np.float32)

    assert fit_whitening(values, np.ones(6, np.float32), np.zeros(6, np.int64)).turn is None
