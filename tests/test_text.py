"""Names on their way out of okng: shown, written, and read back."""

import json
import os

import pytest

from okng.text import (
    as_written,
    from_bytes,
    harmless,
    harmless_path,
    path_as_written,
    short_name,
    shown,
    shown_lines,
    to_bytes,
)


@pytest.mark.parametrize(("name", "seen"), [
    ("größe 片.jpg", "größe 片.jpg"), ("a\x1b[2Jb", r"a\x1b[2Jb"), ("a\rb\nc\x07", r"a\rb\nc\x07"),
    ("gr\udcf6n", r"gr\xf6n"), ("a\u202egpj", r"a\u202egpj"), ("a\u2028b", r"a\u2028b"),
])  # fmt: skip
def test_control_characters_are_shown_escaped(name: str, seen: str) -> None:
    """Nothing that acts on a terminal or cannot be encoded is shown raw."""
    assert shown(name) == seen
    assert "\x1b" not in shown_lines(f"one\n{name}")
    assert shown_lines("one\n\ttwo") == "one\n\ttwo"


@pytest.mark.parametrize("name", ["plain", "gr\udcf6n", "片\udcff", "\\x"])
def test_names_come_back_from_bytes(name: str) -> None:
    """Text and JSON are valid UTF-8, and hold the very name."""
    assert from_bytes(to_bytes(name).decode("utf-8")) == name
    assert json.loads(to_bytes(json.dumps(name, ensure_ascii=False)).decode("utf-8")) == name


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'x", "x", ""])
def test_no_cell_is_a_formula(cell: str) -> None:
    """What a spreadsheet would run is written so that it does not, and read back."""
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert as_written(harmless(cell)) == cell
    assert path_as_written(harmless_path(cell)) == cell
    assert os.path.normpath(harmless_path("=1.jpg")) == "=1.jpg"


def test_long_names_fit_and_differ() -> None:
    """A name at the limit of the file system gets its suffix all the same."""
    long = ["ä" * 125 + end for end in ("1.jpg", "2.jpg")]
    names = {short_name(name, ".png") for name in long}

    assert len(names) == 2
    assert all(len(os.fsencode(name)) <= 255 and name.endswith(".png") for name in names)
    assert short_name("a.jpg", ".png") == "a.jpg.png"
