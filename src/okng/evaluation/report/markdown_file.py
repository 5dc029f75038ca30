"""The document as Markdown: for pull requests, wikis and machines. Pictures stay in their files."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

from okng.evaluation.report.blocks import (
    Beside,
    Block,
    Box,
    Bullets,
    Callout,
    Cards,
    Document,
    Explorer,
    Gallery,
    Listing,
    Paragraph,
    Picture,
    Steps,
    Table,
    Text,
    spans,
)
from okng.files import write_atomic
from okng.wording import mark, number, translated

_SPECIAL = re.compile(r"([\\`*_\[\]|#~])")
_MARKS = {"bold": "**"}
CARD_HEAD = (mark("figure"), mark("value"), mark("bound (95 %)"), mark("meaning"))
CASE_HEAD = (mark("kind"), mark("photo"), mark("in truth"), mark("judged"), mark("score"),
             mark("picture"))  # fmt: skip


def write_markdown(document: Document, path: Path) -> Path:
    """Write the file, whole or not at all."""
    lines = [f"# {_escaped(document.title)}", "", _escaped(document.subtitle), ""]
    lines += [f"**{_escaped(document.lead)}**", ""]
    for block in document.front:
        lines += _block(block, path.parent)
    for section in document.sections:
        marks = "#" * (3 if section.level == 2 else 2)
        lines += [" ".join(filter(None, (marks, section.number, _escaped(section.title)))), ""]
        for block in section.blocks:
            lines += _block(block, path.parent)
    text = "\n".join(lines).rstrip() + "\n"
    write_atomic(path, text.encode("utf-8", "replace"))
    return path


def _block(block: Block, folder: Path) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield from (_words(block.text), "")
    elif isinstance(block, Bullets):
        yield from (f"- {_words(item)}" for item in block.items)
        yield ""
    elif isinstance(block, Steps):
        yield from (f"{number}. {_words(item)}" for number, item in enumerate(block.items, 1))
        yield ""
    elif isinstance(block, Callout | Box):
        yield from _callout(block, folder)
    elif isinstance(block, Beside):
        for inner in (*block.left, *block.right):
            yield from _block(inner, folder)
    elif isinstance(block, Cards):
        rows = tuple((c.name, c.value, c.bound, c.meaning) for c in block.cards)
        yield from _table(Table(tuple(map(translated, CARD_HEAD)), rows))
    elif isinstance(block, Table | Explorer):
        yield from _table(block if isinstance(block, Table) else block.table)
    elif isinstance(block, Picture):
        yield from (f"![{_escaped(block.alt)}]({_address(block.path, folder)})", "")
    elif isinstance(block, Gallery):
        yield from _gallery(block)
    elif isinstance(block, Listing):
        yield from (f"**{_escaped(block.title)}**", "", *_indented(block.text), "")


def _callout(block: Callout | Box, folder: Path) -> Iterator[str]:
    yield from (f"> **{_escaped(block.title)}**", ">")
    for inner in block.blocks:
        yield from (f"> {line}".rstrip() for line in _block(inner, folder))
    yield ""


def _table(table: Table) -> Iterator[str]:
    yield from _row(tuple(table.head) or ("",) * table.columns)
    rules = ("---:" if column in table.numbers else "---" for column in range(table.columns))
    yield f"|{'|'.join(rules)}|"
    for row in table.rows:
        yield from _row(row)
    yield ""


def _row(cells: tuple[Text, ...]) -> Iterator[str]:
    yield "| " + " | ".join(_words(cell).replace("\n", " ") for cell in cells) + " |"


def _gallery(gallery: Gallery) -> Iterator[str]:
    yield from (f"**{_escaped(gallery.name)}**", "")
    head = tuple(map(translated, CASE_HEAD))
    rows = tuple(
        (translated(case["kind"]), case["path"], case["label"], case["judged"],
         number(case["defect_score"], ".3f"),
         f"gradcam/{case['picture']}" if case["picture"] else "")
        for case in gallery.cases
    )  # fmt: skip
    yield from _table(Table(head, rows, frozenset({4})))


def _indented(text: str) -> Iterator[str]:
    yield from (f"    {line}".rstrip() for line in text.splitlines())


def _address(path: Path, folder: Path) -> str:
    place = path.relative_to(folder) if path.is_relative_to(folder) else path
    return place.as_posix().replace(" ", "%20")


def _words(text: Text) -> str:
    markdown = ""
    for piece in spans(text):
        words = _escaped(piece.text)
        inner = words.strip()
        mark = _MARKS.get(piece.style, "") if inner else ""
        # A mark beside a space is no mark: the space stays outside.
        markdown += words.replace(inner, f"{mark}{inner}{mark}") if mark else words
    return markdown


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", html.escape(text, quote=False))
