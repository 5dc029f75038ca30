"""What the name of a file says about its part."""

import os
import re
from typing import NamedTuple

NAMES = ("serial", "batch", "product")
"""Groups of the regular expression for names."""


class Named(NamedTuple):
    """What a name says.

    Attributes:
        serial: of the part; None where the name does not say it.
        batch: likewise.
        product: likewise.
    """

    serial: str | None = None
    batch: str | None = None
    product: str | None = None


def named(name: str, pattern: re.Pattern[str] | None) -> Named:
    """Serial, batch and product of a name; nothing where the pattern does not match.

    Args:
        name: of the file, with its suffix.
        pattern: with groups of `NAMES`; it may match any part of the name without its suffix.
    """
    if pattern is None:
        return Named()
    match = pattern.search(os.path.splitext(name)[0])  # noqa: PTH122 - of a name, not a path
    return Named() if match is None else Named(**match.groupdict())
