"""Parts that lie straight are turned by quarters, others by any angle."""

import numpy as np
import numpy.typing as npt
import pytest

from okng.config import AugmentSettings, RunSettings, Turns
from okng.testing import RecordingProgress, draw_part
from okng.training.data.axis_alignment import decided_turns, edges_along_sides

DISCS = np.stack([draw_part(seed, size=96).photo for seed in range(8)])


def _grids(degrees: float) -> npt.NDArray[np.uint8]:
    """Parts with a grid of lines, as cells and boards have, turned by an angle."""
    rows, columns = np.mgrid[:96, :96].astype(float)
    angle = np.radians(degrees)
    along = rows * np.cos(angle) + columns * np.sin(angle)
    across = columns * np.cos(angle) - rows * np.sin(angle)
    lines = np.maximum(np.sin(along / 4), np.sin(across / 4))
    grey = (lines * 80 + 128 + np.random.default_rng(0).normal(0, 6, (4, 96, 96))).clip(0, 255)
    return np.repeat(grey[..., None], 3, 3).astype(np.uint8)


def test_grids_lie_straight_until_they_are_turned() -> None:
    """Discs never do."""
    assert edges_along_sides(_grids(0)) > 0.6
    assert edges_along_sides(_grids(35)) < 0.3
    assert edges_along_sides(DISCS) < 0.3


def test_straight_parts_are_turned_by_quarters_and_that_is_told() -> None:
    """Discs by any angle, without a word."""
    heard = RecordingProgress()
    straight = decided_turns(RunSettings(), _grids(0), heard).augment
    round_ones = decided_turns(RunSettings(), DISCS, heard).augment

    assert (straight.turns, round_ones.turns) == (Turns.QUARTER, Turns.ANY)
    assert len(heard.sentences) == 1
    assert "`augment.turns` any" in heard.sentences[0]


@pytest.mark.parametrize("turns", [Turns.ANY, Turns.QUARTER])
def test_what_was_asked_for_stays(turns: Turns) -> None:
    """Whatever the photos show."""
    asked = RunSettings(augment=AugmentSettings(turns=turns))

    assert decided_turns(asked, _grids(0)) is asked


def test_photos_of_one_grey_are_no_error() -> None:
    """They have no edges at all."""
    assert edges_along_sides(np.full((2, 32, 32, 3), 90, np.uint8)) == 0.0
