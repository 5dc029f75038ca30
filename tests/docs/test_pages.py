"""The pages written by hand name flags, links, anchors and files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    page for page in DOCS.rglob("*.md") if not {"reference", "decisions"} & {*page.parts}
)
COMMANDS = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
VERBS: dict[str, str] = {}
"""The reference of each command, by its first word: groups have several."""
for _part in re.split(r"^## okng ", COMMANDS, flags=re.MULTILINE)[1:]:
    VERBS[_part.split()[0]] = VERBS.get(_part.split()[0], "") + _part
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


def _name(page: Path) -> str:
    return str(page.relative_to(DOCS))


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_there_are_pages() -> None:
    """The tests below run over every page."""
    assert len(PAGES) > 20
    assert {"train", "audit", "predict"} <= VERBS.keys()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_flags_of_commands_exist(page: Path) -> None:
    """A command in the text has only flags that its reference lists."""
    text = page.read_text(encoding="utf-8")
    unknown = [
        f"okng {verb} {flag}"
        for verb, rest in re.findall(r"okng ([a-z-]+)([^\n`]*)", text)
        if verb in VERBS
        for flag in FLAG.findall(rest.split("#")[0])
        if flag not in VERBS[verb]
    ]

    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    """Links within the docs have a page, and the page has the anchor."""
    text = page.read_text(encoding="utf-8")
    for path, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", text):
        target = page.parent / path if path else page

        assert target.exists(), path
        assert not anchor or anchor in _anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_files_of_the_repository_exist(page: Path) -> None:
    """Tests, scripts and benchmarks that a page names are there."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:tests|scripts|benchmarks)/[\w/.-]+", text))

    assert [name for name in named if not (ROOT / name.rstrip(".")).exists()] == []
