"""Flags are the settings, and say what they take."""

from okng.cli.options import bounds, explain, plain_type
from okng.config import Color, Setting, all_settings


def _setting(name: str) -> Setting:
    return next(s for s in all_settings() if s.name == name)


def test_help_tells_bounds_and_default() -> None:
    """All a user needs."""
    assert explain(_setting("batch_size")).endswith("[>= 2, <= 1024; default: 32]")
    assert bounds(_setting("lr")) == "> 0, <= 1"


def test_open_settings_say_that_the_network_decides() -> None:
    """No false default."""
    assert "depends on the network" in explain(_setting("epochs"))
    assert "default" not in explain(_setting("ok"))


def test_types_are_those_of_the_settings() -> None:
    """An optional number is a number, an enum is a choice."""
    assert plain_type(_setting("epochs")) is int
    assert plain_type(_setting("color")) is Color
