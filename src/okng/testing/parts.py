"""Draws photos of one design of cast disc: rim, hub with bore, curved blades, light and grain.

The seed is the part: its grain, tool marks, small tolerances, and where its defect lies.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng.testing.defects import RIM, Bools, Defect, Floats, Plane, blowholes, chipped_edge, scratch

BLADES = 6
_HUB, _BORE = 0.3, 0.12


@dataclass(frozen=True)
class Sample:
    """A photo and where its defect lies.

    Attributes:
        photo: uint8 (H, W, 3), RGB.
        mask: bool (H, W), true on the defect; nowhere when the part is good.
    """

    photo: npt.NDArray[np.uint8]
    mask: Bools


def draw_part(
    seed: int, defect: Defect | None = None, *, size: int = 300, light: float = 0.0
) -> Sample:
    """Draw one part.

    Args:
        seed: which part; the same seed is the same part, with and without its defect.
        defect: what is wrong with it, or None for a good part.
        size: height and width in pixels.
        light: another session's light, in [-1, 1]; 0 is the usual one.
    """
    rng = np.random.default_rng((seed, 7))
    plane = _plane(size, rng)
    background = _background(plane, rng)
    angle = rng.uniform(0, 2 * np.pi)
    texture = _grain(size, rng)
    flaw = np.random.default_rng((seed, 11))
    missing = int(flaw.integers(BLADES)) if defect is Defect.MISSING_BLADE else None
    metal = _metal(plane, angle, None) * texture
    mask = np.zeros(metal.shape, dtype=bool)
    if missing is not None:
        without = _metal(plane, angle, missing) * texture
        mask = np.abs(without - metal) > 0.02
        metal = without
    scene = np.where(plane.radius < RIM, metal, background)
    if defect is Defect.BLOWHOLE:
        scene, mask = blowholes(plane, scene, flaw)
    elif defect is Defect.SCRATCH:
        scene, mask = scratch(plane, scene, flaw)
    elif defect is Defect.CHIPPED_EDGE:
        scene, mask = chipped_edge(plane, scene, background, flaw)
    return Sample(_expose(scene, plane, light, rng), mask)


def _plane(size: int, rng: np.random.Generator) -> Plane:
    """Coordinates in which the disc lies a little off the middle, and is a little larger or not."""
    steps = np.linspace(-1, 1, size, dtype=np.float32)
    x, y = np.meshgrid(steps, steps)
    scale = np.float32(rng.uniform(0.98, 1.02))
    shift = rng.uniform(-0.02, 0.02, 2).astype(np.float32)
    return Plane((x - shift[0]) * scale, (y - shift[1]) * scale)


def _background(plane: Plane, rng: np.random.Generator) -> Floats:
    return np.asarray(0.2 + 0.03 * plane.x + rng.normal(0, 0.008, plane.x.shape), dtype=np.float32)


def _metal(plane: Plane, angle: float, missing: int | None) -> Floats:
    """Brightness of a smooth disc under light from the upper left."""
    radius = plane.radius
    direction = np.arctan2(plane.y, plane.x)
    value = np.full(radius.shape, 0.5, dtype=np.float32)
    value += 0.1 * np.exp(-(((radius - 0.79) / 0.03) ** 2))
    value -= 0.16 * np.exp(-(((radius - 0.72) / 0.02) ** 2))
    blade = _blades(radius, direction, angle, missing)
    value += 0.2 * blade
    hub = _within(radius, _HUB, 60)
    value = value * (1 - hub) + (0.62 + 0.05 * np.cos(direction - 4)) * hub
    value -= 0.2 * np.exp(-(((radius - _HUB) / 0.018) ** 2))
    bore = _within(radius, _BORE, 80)
    shade = 1 + 0.16 * (-plane.x - plane.y) * np.exp(-(radius**2))
    return np.asarray((value * (1 - bore) + 0.08 * bore) * shade, dtype=np.float32)


def _within(radius: Floats, limit: float, steepness: float) -> Floats:
    """1 inside of a circle, 0 outside, with a soft edge."""
    return np.asarray(1 / (1 + np.exp(((radius - limit) * steepness).clip(-40, 40))))


def _blades(radius: Floats, direction: Floats, angle: float, missing: int | None) -> Floats:
    """Curved ridges between hub and rim, bright on one flank and dark on the other."""
    turns = (direction - angle - 1.1 * (radius - _HUB)) * BLADES / (2 * np.pi)
    number = np.round(turns).astype(int) % BLADES
    offset = (turns - np.round(turns)) * 2 * np.pi / BLADES * radius
    ridge = np.exp(-((offset / 0.035) ** 2)) - 0.7 * np.exp(-(((offset - 0.06) / 0.03) ** 2))
    span = _within(radius, 0.68, 50) * (1 - _within(radius, _HUB, 50))
    if missing is not None:
        ridge = np.where(number == missing, 0.0, ridge)
    return np.asarray(ridge * span, dtype=np.float32)


def _grain(size: int, rng: np.random.Generator) -> Floats:
    """Cast surface: noise of two widths, the same for a part at any size of photo."""
    result = np.ones((size, size), dtype=np.float32)
    for cells, strength in ((24, 0.05), (96, 0.06)):
        noise = Image.fromarray(rng.normal(0, strength, (cells, cells)).astype(np.float32))
        result += np.asarray(noise.resize((size, size), Image.Resampling.BICUBIC))
    return result


def _expose(
    scene: Floats, plane: Plane, light: float, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """What the camera makes of it: exposure, falloff to a side, vignette, sensor noise."""
    exposure = 1.0 + rng.uniform(-0.04, 0.04) + 0.35 * light
    falloff = 1 + (0.06 + 0.25 * light) * plane.x - 0.07 * plane.radius**2
    noise = rng.normal(0, 0.012, scene.shape)
    grey = (scene * exposure * falloff + noise).clip(0, 1)
    return np.repeat((grey * 255).round().astype(np.uint8)[..., None], 3, axis=2)
