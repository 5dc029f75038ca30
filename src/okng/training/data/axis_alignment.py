"""Whether parts are aligned with the sides of their photos, so that free rotation would hurt.

A cell, a board or a label has its edges along the sides of the photo. Rotated by 30 degrees it
looks like no photo of the line, with corners that had to be filled, and training on it costs
accuracy (benchmarks/training/LOG.md; decision 0011). Quarter turns change nothing of that kind.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from okng.config import RunSettings, Turns
from okng.events import Progress
from okng.training.data.draws import evenly
from okng.wording import sentence

S = TypeVar("S", bound=RunSettings)
STRAIGHT = 0.4
"""Fraction of edges along the sides from which on parts count as aligned; chance gives 0.22.

Solar cells have 0.73, castings 0.19, steel strip 0.28 (benchmarks/training/straight.py).
"""
_ALONG = np.tan(np.radians(10))  # a gradient within 10 degrees of an axis
_SAMPLED = 300  # photos at most, spread over all


def decided_turns(
    settings: S, photos: npt.NDArray[np.uint8], progress: Progress | None = None
) -> S:
    """The settings with `turns` resolved where that depends on the photos.

    Args:
        settings: of a training; where it turns nothing, there is nothing to decide.
        photos: uint8 (N, S, S, 3), those to learn from.
        progress: receives a sentence where parts are aligned.
    """
    augment = settings.augment
    if augment.turns is not Turns.AUTO or augment.rotation == 0:
        return settings
    share = edges_along_sides(photos)
    turns = Turns.QUARTER if share >= STRAIGHT else Turns.ANY
    if progress and turns is Turns.QUARTER:
        progress.choose(
            "turns",
            sentence("turned_by_quarters", share=share),
        )
    return settings.model_copy(update={"augment": augment.model_copy(update={"turns": turns})})


def edges_along_sides(photos: npt.NDArray[np.uint8]) -> float:
    """Share of the edges within 10 degrees of the sides, weighed by strength: median of photos.

    Args:
        photos: uint8 (N, S, S, 3); at most 300 of them are measured.
    """
    rows = evenly(len(photos), _SAMPLED)
    return float(np.median([_of_photo(photos[row]) for row in rows]))


def _of_photo(photo: npt.NDArray[np.uint8]) -> float:
    grey = photo.mean(2, dtype=np.float32)
    smooth = (grey[:-1, :-1] + grey[1:, :-1] + grey[:-1, 1:] + grey[1:, 1:]) / 4  # less grain
    # Central differences, (S - 3, S - 3) each; an edge along an axis has one near 0.
    across = np.abs(smooth[1:-1, 2:] - smooth[1:-1, :-2])
    down = np.abs(smooth[2:, 1:-1] - smooth[:-2, 1:-1])
    strength = across**2 + down**2
    along = np.minimum(across, down) < _ALONG * np.maximum(across, down)
    return float((strength * along).sum() / max(1e-9, float(strength.sum())))
