"""Adapters of one station find what they use together."""

from okng.connect.contracts import Around
from okng.connect.shared import Shared


class _Server:
    """Anything that two adapters use."""


def test_two_adapters_get_one_object() -> None:
    """The second adapter gets what the first one made."""
    shared = Shared()
    first = shared.get(_Server, "line", _Server)

    assert shared.get(_Server, "line", _Server) is first
    assert shared.find(_Server, "line") is first


def test_another_name_is_another_object() -> None:
    """Objects of one class are told apart by their name."""
    shared = Shared()
    first = shared.get(_Server, "line", _Server)

    assert shared.get(_Server, "other", _Server) is not first
    assert shared.find(_Server, "nobody") is None


def test_stations_share_nothing() -> None:
    """Each station has objects of its own."""
    assert Around("plant", "a").shared is not Around("plant", "b").shared
