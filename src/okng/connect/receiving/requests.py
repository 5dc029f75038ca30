"""A part of a source -> what the station is asked."""

import hashlib

from okng.connect.part import Array, Part
from okng.station import PartRequest, PhotoRequest
from okng.text import shown

_MOST = 200
"""Characters of a key, a serial and the like on record."""


def client_of(source: str) -> str:
    """Under which name a source asks, on record and in the counts of a station."""
    return f"source:{source}"


def part_request(part: Part, source: str, product: str | None) -> PartRequest:
    """About a part that is not judged.

    Args:
        part: of a source.
        source: its name.
        product: of the station.
    """
    return PartRequest(
        serial=_text(part.serial),
        batch=_text(part.batch),
        product=_text(part.product or product),
        key=_key(part.key),
        asked_by=client_of(source),
        client=client_of(source),
        arrival=part.arrival,
    )


def photo_request(part: Part, photo: bytes | Array, about: PartRequest) -> PhotoRequest:
    """About a part that is judged."""
    return PhotoRequest(
        photo=photo,
        serial=about.serial,
        batch=about.batch,
        product=about.product,
        key=about.key,
        asked_by=about.asked_by,
        client=about.client,
        arrival=part.arrival,
    )


def _text(given: str | None) -> str | None:
    """As the database takes it: no bytes that are no text, and no more than a column holds."""
    return None if given is None else shown(given)[:_MOST]


def _key(key: str) -> str:
    """A key as it is, or its digest where the database would not take it whole."""
    if len(key) <= _MOST and key.isprintable():
        return key
    return f"sha256:{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()}"
