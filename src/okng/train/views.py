"""How often each photo is seen before the classifier is fitted: as it is, then varied."""

_ROWS = 4_000  # photos and varied photos together that are enough
_FEWEST, _MOST = 2, 4


def views_worth_seeing(photos: int) -> int:
    """Views of each of so many photos, the photo as it is among them: 2 to 4.

    Many photos vary by themselves, so that fewer views of each tell as much.
    """
    return min(_MOST, max(_FEWEST, _ROWS // max(1, photos)))
