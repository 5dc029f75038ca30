"""Small training tasks and settings. Apart from the rest of `okng.testing`: it imports torch."""

from typing import Any

import numpy as np

from okng import config
from okng.config import ResolvedSettings
from okng.training import Sample, Task


def brightness_task(
    count: int = 40,
    *,
    classes: tuple[str, ...] = ("ok", "bad"),
    noise: int = 120,
    step: int = 110,
    seed: int = 0,
) -> Task:
    """A task that brightness solves: each class is brighter than the one before.

    Args:
        count: photos of 32 pixels; training and validation photos are the same.
        classes: names; photos take turns, the first class is the OK class.
        noise: grey levels, 0 up to this, of each pixel.
        step: grey levels from one class to the next.
        seed: of the noise.
    """
    labels = np.arange(count) % len(classes)
    pixels = np.random.default_rng(seed).integers(0, noise, (count, 32, 32, 3))
    photos = pixels + step * labels[:, None, None, None]
    sample = Sample(photos.astype(np.uint8), labels)
    return Task(sample, sample, classes, classes[0], grey=False)


def resolved(**values: Any) -> ResolvedSettings:
    """Resolved settings from the names of the Python API, such as `model` and `part_folds`."""
    return config.resolve(config.load(None, values))
