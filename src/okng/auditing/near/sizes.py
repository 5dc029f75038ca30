"""How large a group may be before it is doubted."""

_SHARE = 1 / 3
_FEWEST = 30


def largest_plausible(photos: int) -> int:
    """Photos of one part, at most, among so many: more are looked at twice and reported."""
    return max(_FEWEST, int(_SHARE * photos))
