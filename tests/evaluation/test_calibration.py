"""Calibrated scores mean what they say."""

import numpy as np
import pytest

from okng.evaluation.metrics.calibration import (
    apply_calibration,
    brier,
    expected_calibration_error,
    fit_calibration,
)
from okng.modelfile import Calibration

RNG = np.random.default_rng(0)


def _simulated(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Scores that are twice too sure, and lean to NG; and the truth."""
    margins = RNG.normal(0, 2, count)
    truth = RNG.random(count) < 1 / (1 + np.exp(-margins))
    wrong = 1 / (1 + np.exp(-(2 * margins + 1)))
    return np.stack([1 - wrong, wrong], 1), truth.astype(np.int64)


def test_known_distortion_is_undone() -> None:
    """Half the scale, and the lean taken back."""
    probabilities, labels = _simulated()
    found = fit_calibration(probabilities, labels)

    assert found.scale == pytest.approx(0.5, abs=0.06)
    assert found.bias[1] == pytest.approx(-0.5, abs=0.15)


def test_calibration_lowers_the_error() -> None:
    """On photos that it was not fitted on."""
    before, labels = _simulated()
    calibration = fit_calibration(*_simulated())
    after = apply_calibration(calibration, before)

    assert expected_calibration_error(before[:, 1], labels == 1) > 0.05
    assert expected_calibration_error(after[:, 1], labels == 1) < 0.03
    assert brier(after[:, 1], labels == 1) < brier(before[:, 1], labels == 1)


def test_perfect_separation_gives_no_certainty() -> None:
    """Twenty photos without an error are no proof of a score of one."""
    raw = np.repeat([[1 - 1e-6, 1e-6], [1e-6, 1 - 1e-6]], 10, axis=0)
    labels = np.repeat([0, 1], 10)
    scores = apply_calibration(fit_calibration(raw, labels), raw)[:, 1]

    assert 0.85 < scores.max() < 0.99


def test_three_classes_get_one_temperature() -> None:
    """Types are cooled together."""
    logits = RNG.normal(0, 2, (3000, 3))
    truth = np.array([RNG.choice(3, p=np.exp(z) / np.exp(z).sum()) for z in logits])
    wrong = np.exp(3 * logits) / np.exp(3 * logits).sum(1, keepdims=True)
    found = fit_calibration(wrong, truth)

    assert found.scale == pytest.approx(1 / 3, abs=0.05)
    assert found.bias == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("labels", [np.zeros(50, dtype=np.int64), np.array([0, 1])])
def test_too_little_to_fit_changes_nothing(labels: np.ndarray) -> None:
    """One class, or two photos: the identity."""
    probabilities = np.full((len(labels), 2), 0.5)

    assert fit_calibration(probabilities, labels) == Calibration.identity(2)
