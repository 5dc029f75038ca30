"""Ways to look at a photo that leave a part what it is: turned by quarters, mirrored, or both."""

from typing import NamedTuple

from okng.config.choices import Flips


class Look(NamedTuple):
    """One way to look at a photo.

    Attributes:
        quarters: how often it is turned by 90 degrees, counter-clockwise: 0 to 3.
        mirrored: whether left and right change places, before it is turned.
    """

    quarters: int = 0
    mirrored: bool = False


UPRIGHT = Look()
_ORDER = (
    UPRIGHT, Look(2), Look(1, mirrored=True), Look(3, mirrored=True),
    Look(1), Look(3), Look(0, mirrored=True), Look(2, mirrored=True),
)  # fmt: skip
"""The first few are as unlike each other as can be: both axes, both turns (see decision 0013)."""
MOST_LOOKS = len(_ORDER)
_MIRRORED = {
    Flips.NONE: (UPRIGHT,),
    Flips.HORIZONTAL: (UPRIGHT, Look(0, mirrored=True)),
    Flips.VERTICAL: (UPRIGHT, Look(2, mirrored=True)),
    Flips.BOTH: (UPRIGHT, Look(0, mirrored=True), Look(2, mirrored=True), Look(2)),
}


def allowed_looks(rotation: float, flips: Flips) -> tuple[Look, ...]:
    """Every way to look at a part, the photo as it is first.

    Args:
        rotation: how far a part may be turned, in degrees.
        flips: how it may be mirrored.
    """
    turns = [q for q in range(4) if 90 * min(q, 4 - q) <= rotation]
    found = {Look((m.quarters + q) % 4, m.mirrored) for m in _MIRRORED[flips] for q in turns}
    return tuple(look for look in _ORDER if look in found)
