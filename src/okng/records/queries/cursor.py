"""The place where a page ends, as a text that clients hand back unread."""

import base64
import binascii
import json
from typing import NamedTuple, Self

from okng.errors import StationError


class Cursor(NamedTuple):
    """The last row of a page. The next page begins behind it, also when rows have arrived since.

    Attributes:
        time_us: of that row.
        id: of that row.
        serial: of that row, where pages are in order of serials; else None.
    """

    time_us: int
    id: str
    serial: str | None = None

    def text(self) -> str:
        """The cursor as opaque text, safe in a URL."""
        return base64.urlsafe_b64encode(json.dumps(self).encode()).decode().rstrip("=")

    @classmethod
    def of(cls, text: str) -> Self:
        """The cursor of a text.

        Raises:
            StationError: no page ended with this text.
        """
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            time_us, identifier, serial = json.loads(raw)
        except (ValueError, TypeError, binascii.Error) as exc:
            raise _invalid() from exc
        if type(time_us) is not int or abs(time_us) >= 2**63 or not isinstance(identifier, str):
            raise _invalid()
        if not isinstance(serial, str | None):
            raise _invalid()
        return cls(time_us, identifier, serial)


def _invalid() -> StationError:
    return StationError(
        "This cursor is not valid",
        where="cursor",
        allowed="the `next` of the page before",
        hint="Begin with the first page.",
    )
