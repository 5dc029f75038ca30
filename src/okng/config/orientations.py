"""Orientations of a photo for test-time augmentation: quarter turns, mirrored or not."""

from typing import NamedTuple

from okng.config.choices import Flips


class Orientation(NamedTuple):
    """One orientation of a photo.

    Attributes:
        quarters: how often it is turned by 90 degrees, counter-clockwise: 0 to 3.
        mirrored: whether left and right change places, before it is turned.
    """

    quarters: int = 0
    mirrored: bool = False


UPRIGHT = Orientation()
_ORDER = (
    UPRIGHT, Orientation(2), Orientation(1, mirrored=True), Orientation(3, mirrored=True),
    Orientation(1), Orientation(3), Orientation(0, mirrored=True), Orientation(2, mirrored=True),
)  # fmt: skip
"""The first few are as unlike each other as can be: both axes, both turns (see decision 0013)."""
MOST_ORIENTATIONS = len(_ORDER)
_MIRRORED = {
    Flips.NONE: (UPRIGHT,),
    Flips.HORIZONTAL: (UPRIGHT, Orientation(0, mirrored=True)),
    Flips.VERTICAL: (UPRIGHT, Orientation(2, mirrored=True)),
    Flips.BOTH: (
        UPRIGHT,
        Orientation(0, mirrored=True),
        Orientation(2, mirrored=True),
        Orientation(2),
    ),
}  # fmt: skip


def allowed_orientations(rotation: float, flips: Flips) -> tuple[Orientation, ...]:
    """Every orientation that rotation and flips allow, the photo as it is first.

    Args:
        rotation: how far a part may be turned, in degrees.
        flips: how it may be mirrored.
    """
    turns = [q for q in range(4) if 90 * min(q, 4 - q) <= rotation]
    allowed = {
        Orientation((m.quarters + q) % 4, m.mirrored) for m in _MIRRORED[flips] for q in turns
    }
    return tuple(orientation for orientation in _ORDER if orientation in allowed)
