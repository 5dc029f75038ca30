"""Flags are the settings, and say what they take."""

import inspect
from typing import Any

from okng.cli.options import bounds, explain, plain_type, with_settings
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


def test_a_verb_takes_the_settings_it_names() -> None:
    """Whole sections, single ones, or all; only what the user gave is handed on."""
    received: list[dict[str, Any]] = []

    def verb(*, settings: dict[str, Any]) -> None:
        received.append(settings)

    few, section, every = (with_settings(verb, *c) for c in (("seed", "ok"), ("augment",), ()))
    assert sorted(inspect.signature(few).parameters) == ["ok", "seed"]
    assert {s.keyword for s in all_settings() if s.section == "augment"} == set(
        inspect.signature(section).parameters
    )
    assert len(inspect.signature(every).parameters) == len(list(all_settings()))
    few(ok="good", seed=None)
    assert received == [{"ok": "good"}]
