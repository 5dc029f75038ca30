"""Flags are the settings, and say what they take."""

import inspect
from typing import Any

from typer.testing import CliRunner

from okng.cli.main import app
from okng.cli.options import bounds, explain, plain_type, with_settings
from okng.config import Color, Setting, all_settings


def _setting(name: str) -> Setting:
    return next(s for s in all_settings() if s.name == name)


def test_help_tells_bounds_and_default() -> None:
    """All a user needs."""
    assert explain(_setting("batch_size")).endswith("(>= 2, <= 1024; default: 32)")
    assert bounds(_setting("lr")) == "> 0, <= 1"


def test_open_settings_say_that_the_recipe_decides() -> None:
    """No false default."""
    assert "depends on the recipe" in explain(_setting("epochs"))
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


def test_help_shows_first_what_most_people_need() -> None:
    """Sixty flags in alphabetical groups hide the ten that a quality engineer needs."""
    brief, whole = (_help("train", flag) for flag in ("--help", "--help-all"))

    assert all(flag in brief for flag in ("--max-escape", "--ok", "--time-budget", "--help-all"))
    assert not any(flag in brief for flag in ("--blur", "--dense-units", "--precision"))
    assert brief.index("--max-escape") < brief.index("--time-budget")
    assert all(setting.flag in whole for setting in all_settings())
    assert "<bool>" not in brief + whole


def test_default_of_a_choice_is_shown() -> None:
    """Rich takes words in brackets for markup, and leaves them out."""
    assert "(default: keep)" in " ".join(_help("train", "--help").replace("│", " ").split())


def test_short_help_is_understood() -> None:
    """`-h`, as in most programs."""
    assert _help("predict", "-h") == _help("predict", "--help")


def _help(verb: str, flag: str) -> str:
    shown = CliRunner().invoke(app, [verb, flag], env={"COLUMNS": "120"})
    assert shown.exit_code == 0
    return shown.output
