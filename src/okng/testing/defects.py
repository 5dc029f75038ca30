"""Defects of cast discs, as changes of a height-free brightness map, with their masks.

Coordinates: x and y run from -1 to 1 over the photo; the disc's rim lies at radius 0.86.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
RIM = 0.86


class Defect(StrEnum):
    """Kinds of defects that the generator knows."""

    BLOWHOLE = "blowhole"
    SCRATCH = "scratch"
    CHIPPED_EDGE = "chipped_edge"
    MISSING_BLADE = "missing_blade"


class Plane(NamedTuple):
    """Coordinates of every pixel, each float32 (H, W)."""

    x: Floats
    y: Floats

    @property
    def radius(self) -> Floats:
        """Distance from the middle."""
        return np.hypot(self.x, self.y)


def blowholes(plane: Plane, light: Floats, rng: np.random.Generator) -> tuple[Floats, Bools]:
    """A cluster of dark pits with a bright lower edge."""
    mask = np.zeros(light.shape, dtype=bool)
    angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.68)
    middle = radius * np.cos(angle), radius * np.sin(angle)
    result = light.copy()
    for _ in range(int(rng.integers(2, 5))):
        x, y = (m + rng.normal(0, 0.06) for m in middle)
        size = rng.uniform(0.035, 0.075)
        distance = np.hypot(plane.x - x, plane.y - y) / size
        pit = distance < 1
        result = np.where(pit, result * (0.25 + 0.35 * distance**2), result)
        edge = (distance >= 1) & (distance < 1.35) & (plane.y > y)
        result = np.where(edge, result * 1.18, result)
        mask |= pit | edge
    return result.astype(np.float32), mask


def scratch(plane: Plane, light: Floats, rng: np.random.Generator) -> tuple[Floats, Bools]:
    """A bright, slightly curved line with a dark side."""
    angle, bend = rng.uniform(0, np.pi), rng.uniform(-0.25, 0.25)
    along = plane.x * np.cos(angle) + plane.y * np.sin(angle) - rng.uniform(-0.2, 0.2)
    across = plane.y * np.cos(angle) - plane.x * np.sin(angle) - rng.uniform(0.25, 0.5)
    across = across - bend * along**2
    within = (np.abs(along) < rng.uniform(0.3, 0.5)) & (plane.radius < RIM - 0.03)
    bright = within & (np.abs(across) < 0.014)
    dark = within & (np.abs(across - 0.026) < 0.012)
    result = np.where(bright, light * 1.45 + 0.12, np.where(dark, light * 0.6, light))
    return result.astype(np.float32), bright | dark


def chipped_edge(
    plane: Plane, light: Floats, background: Floats, rng: np.random.Generator
) -> tuple[Floats, Bools]:
    """A ragged bite out of the rim, through which the background shows."""
    angle = rng.uniform(0, 2 * np.pi)
    x, y = RIM * np.cos(angle), RIM * np.sin(angle)
    direction = np.arctan2(plane.y - y, plane.x - x)
    ragged = 1 + 0.2 * np.sin(5 * direction + rng.uniform(0, 6)) + 0.12 * np.sin(11 * direction)
    distance = np.hypot(plane.x - x, plane.y - y) / (rng.uniform(0.11, 0.17) * ragged)
    bite = (distance < 1) & (plane.radius < RIM + 0.02)
    lip = (distance >= 1) & (distance < 1.2) & (plane.radius < RIM)
    result = np.where(bite, background, np.where(lip, light * 0.7, light))
    return result.astype(np.float32), bite | lip
