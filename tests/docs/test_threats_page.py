"""docs/explanations/threats.md: each threat names a test, and the test exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanations" / "threats.md").read_text(encoding="utf-8")
ROWS = [
    line.strip("|").split(" | ")
    for line in PAGE.splitlines()
    if line.startswith("| ") and "---" not in line and not line.startswith("| threat ")
]
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def _tests_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_there_are_many_threats_and_each_has_a_test() -> None:
    """At least 60, none twice, each with what is done against it."""
    assert len(ROWS) >= 60
    assert len({row[0] for row in ROWS}) == len(ROWS)
    assert [row for row in ROWS if len(row) != 3 or not _TEST.search(row[2])] == []


def test_every_named_test_exists() -> None:
    """A test that was renamed or removed is missed here."""
    named = set(_TEST.findall(PAGE))
    missing = {f"{file}::{name}" for file, name in named if name not in _tests_of(file)}

    assert len(named) > 60
    assert missing == set()
