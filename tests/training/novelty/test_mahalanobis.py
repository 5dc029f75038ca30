"""Unfamiliarity is a share of parts that were left out, and does not count what must not count."""

import numpy as np
import pytest
import torch

from okng.training.novelty.mahalanobis import (
    FEWEST_PARTS,
    Measured,
    NoveltyDetector,
    fit_detector,
)


def _measured(parts: int = 200, copies: int = 4, features: int = 12, seed: int = 0) -> Measured:
    """Parts that differ along all features, most along the first; copies differ a little.

    What must not count moves the last feature, which hardly tells parts apart.
    """
    rng = np.random.default_rng(seed)
    spread = np.r_[3.0, np.ones(features - 2), 0.1]
    centres = rng.standard_normal((parts, features)) * spread
    numbers = np.repeat(np.arange(parts), copies)
    values = centres[numbers] + 0.05 * rng.standard_normal((len(numbers), features))
    changes = np.zeros((100, features))
    changes[:, -1] = rng.standard_normal(100) * 2
    rows = rng.integers(len(numbers), size=100)
    return Measured(values.astype(np.float32), numbers, changes.astype(np.float32), rows)


def _asked(found: NoveltyDetector | None, values: np.ndarray) -> np.ndarray:
    assert found is not None
    with torch.no_grad():
        answers: np.ndarray = found(torch.from_numpy(values.astype(np.float32))).numpy()
    return answers


def test_one_in_a_hundred_new_parts_exceeds_the_limit() -> None:
    """New parts of the same kind: shares of 0.5, 0.1 and 0.01 lie above 0.5, 0.9 and 0.99."""
    found = fit_detector(_measured())
    answers = _asked(found, _measured(parts=3000, copies=1, seed=1).values)

    for limit, low, high in ((0.5, 0.4, 0.6), (0.9, 0.06, 0.14), (0.99, 0.003, 0.02)):
        assert low < (answers > limit).mean() < high


def test_what_is_far_away_is_unfamiliar_and_never_leaves_the_range() -> None:
    """However far: at most 1, and never NaN."""
    found = fit_detector(_measured())
    answers = _asked(found, np.stack([np.full(12, v) for v in (10.0, 1e3, 1e6)]))

    assert (answers > 0.99).all()
    assert (answers <= 1).all()


def test_what_must_not_count_does_not() -> None:
    """A change along the feature that other resolutions move; along another one it counts."""
    found = fit_detector(_measured())
    values = _measured(seed=2).values[:200]
    harmless, real = values.copy(), values.copy()
    harmless[:, -1] += 2
    real[:, 5] += 6

    assert np.median(_asked(found, harmless)) < 0.9
    assert np.median(_asked(found, real)) > 0.99


def test_many_copies_of_one_part_count_once() -> None:
    """A part with 500 photos, far from the others, does not make its place usual."""
    measured = _measured()
    far = np.full((500, 12), 8.0, dtype=np.float32)
    flooded = measured._replace(
        values=np.concatenate([measured.values, far]),
        parts=np.concatenate([measured.parts, np.full(500, 9_999)]),
    )

    assert _asked(fit_detector(flooded), far[:1])[0] > 0.95


def test_too_few_parts_say_nothing() -> None:
    """With 19 parts nobody knows what is usual; with 20, somebody does."""
    assert fit_detector(_measured(parts=FEWEST_PARTS - 1)) is None
    assert fit_detector(_measured(parts=FEWEST_PARTS)) is not None


def test_many_features_are_projected() -> None:
    """1,500 features: fitted on a random projection, the answers keep their sense."""
    found = fit_detector(_measured(parts=60, features=1500))
    answers = _asked(found, _measured(parts=60, features=1500, seed=3).values)

    assert (answers > 0.99).mean() < 0.1
    assert _asked(found, np.full((1, 1500), 50.0))[0] > 0.99


def test_survives_being_stored() -> None:
    """The same answers from a state of plain tensors."""
    measured = _measured()
    found = fit_detector(measured)
    assert found is not None
    again = NoveltyDetector.restore(found.state_dict())

    assert _asked(again, measured.values) == pytest.approx(_asked(found, measured.values))
