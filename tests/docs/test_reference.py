"""The docs tell what the code does, or a test fails."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

import okng
from okng.cli.main import app
from okng.config import all_settings
from okng.error_codes import Code

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """The generator of the reference pages."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_is_up_to_date(generate: ModuleType) -> None:
    """What is committed is what the code says."""
    pages: dict[str, str] = generate.pages()

    assert len(pages) == 11
    for name, content in pages.items():
        assert (DOCS / "reference" / name).read_text(encoding="utf-8") == content, name


def test_every_setting_is_in_the_reference() -> None:
    """With its flag."""
    page = (DOCS / "reference" / "settings.md").read_text()

    for setting in all_settings():
        assert f"`{setting.section}.{setting.name}`" in page
        assert f"`{setting.flag}`" in page


def _verbs(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _verbs(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_every_verb_and_option_is_in_the_reference() -> None:
    """None is hidden."""
    page = (DOCS / "reference" / "commands.md").read_text()
    verbs = dict(_verbs(typer.main.get_command(app)))

    assert {"train", "users add"} <= verbs.keys()
    for name, command in verbs.items():
        assert f"## okng {name}\n" in page
        for parameter in command.params:
            assert all(f"`{option}" in page for option in parameter.opts if option[0] == "-")


def test_every_error_is_in_the_reference(generate: ModuleType) -> None:
    """With its exit code; and every code."""
    page = (DOCS / "reference" / "errors.md").read_text()
    names = [cls.__name__ for cls in generate.error_classes()]

    assert len(names) >= 6
    assert all(f"| `{name}` | " in page for name in names)
    assert all(f"| `{code}` | {code.meaning} |" in page for code in Code)


def test_every_page_is_in_the_navigation() -> None:
    """No page is written for nobody."""
    navigation = (ROOT / "mkdocs.yml").read_text()
    pages = [p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")]

    assert len(pages) > 10
    assert [page for page in pages if page not in navigation] == []


def test_commands_of_the_tutorial_exist() -> None:
    """What a newcomer copies is understood."""
    text = (DOCS / "tutorials" / "first-inspector.md").read_text()
    lines = re.findall(r"^okng (train|predict|info) (.*)$", text, flags=re.MULTILINE)
    verbs = typer.main.get_command(app).commands  # type: ignore[attr-defined]

    assert len(lines) >= 4
    for verb, rest in lines:
        known = {option for p in verbs[verb].params for option in p.opts}
        assert set(re.findall(r"--[\w-]+", rest)) <= known


def test_every_public_name_is_in_the_reference() -> None:
    """With its signature, and every method of the classes."""
    page = (DOCS / "reference" / "python.md").read_text()

    for name in set(okng.__all__) - {"errors"}:
        assert f"## okng.{name}\n" in page
    for name in ("judge", "inspector", "metrics", "ok"):
        assert f"**`.{name}" in page
