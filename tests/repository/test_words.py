"""Identifiers use the glossary's terms (docs/explanations/glossary.md)."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
AVOIDED = frozenset(
    {
        "acquaint", "believed", "course", "found", "goes", "halfway", "judged", "keeper", "keeps",
        "kept", "knows", "look", "looked", "looks", "moving", "quick_as", "reins", "said", "say",
        "says", "stands", "tell", "tells", "told", "unseen", "usual", "worked",
    }
)  # fmt: skip
"""Words of the glossary's last column, and people-words for what machines do."""
LIMIT = 16
"""Avoided words in the names that the package gives. Lower it with each renaming; never raise it.

`looks` in a few of them is a public key: of the model file and of a setting.
"""


def _names(tree: ast.AST) -> Iterator[str]:
    """Names that code gives: functions, classes, arguments and variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _avoided(source: str) -> list[str]:
    words = (w for name in _names(ast.parse(source)) for w in name.lower().strip("_").split("_"))
    return [word for word in words if word in AVOIDED]


def test_avoided_words_are_found_in_every_kind_of_name() -> None:
    """In functions, classes, arguments and variables; not in attributes, calls or texts."""
    source = (
        "def kept(said):\n    found_at = said.usual(told=1)\n    return 'looked'\nclass Keeper: ..."
    )

    assert sorted(_avoided(source)) == ["found", "keeper", "kept", "said"]


def test_identifiers_use_the_terms_of_the_glossary() -> None:
    """The number of avoided words in identifiers of the package only falls."""
    counts = {
        str(path.relative_to(ROOT)): Counter(_avoided(path.read_text(encoding="utf-8")))
        for path in (ROOT / "src" / "okng").rglob("*.py")
    }
    total = sum(counter.total() for counter in counts.values())
    most = sorted(counts.items(), key=lambda item: -item[1].total())[:10]

    assert total <= LIMIT, f"{total} names outside the glossary, most of them in {most}"


def test_identifiers_of_the_glossary_exist() -> None:
    """Each name in its third column is a word of the code, or the name of a module."""
    page = (ROOT / "docs" / "explanations" / "glossary.md").read_text(encoding="utf-8")
    columns = [line.split("|")[3] for line in page.splitlines() if line.count("|") == 5]
    names = {name for column in columns[1:] for name in re.findall(r"`([\w.]+)`", column)}
    files = list((ROOT / "src" / "okng").rglob("*.py"))
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    words = {*re.findall(r"\w+", code), *(path.stem for path in files)}

    assert len(names) > 25
    assert {name for name in names if name.rpartition(".")[2] not in words} == set()
