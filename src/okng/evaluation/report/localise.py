"""Texts of a document in the chosen language: those of the program, never those of the user.

Sentences with numbers are translated where they are made. Here whole texts are looked up: titles,
captions, heads of tables, explanations. Cells may hold names of classes, so they stay as they are,
but for the labels in tables without a head.
"""

from dataclasses import replace

from okng.evaluation.report.blocks import (
    Beside,
    Block,
    Box,
    Bullets,
    Callout,
    Document,
    Explorer,
    Gallery,
    Listing,
    Name,
    Paragraph,
    Picture,
    Section,
    Span,
    Table,
    Text,
)
from okng.wording import translated


def localised(document: Document) -> Document:
    """The document with the texts of the program in the chosen language."""
    return replace(
        document,
        front=_blocks(document.front),
        sections=tuple(_section(section) for section in document.sections),
    )


def _section(section: Section) -> Section:
    return replace(section, title=translated(section.title), blocks=_blocks(section.blocks))


def _blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(_block(block) for block in blocks)


def _block(block: Block) -> Block:
    localised: Block = block
    match block:
        case Paragraph():
            localised = replace(block, text=_text(block.text))
        case Bullets():
            localised = replace(block, items=tuple(map(_text, block.items)))
        case Table():
            localised = _table(block)
        case Picture():
            localised = replace(block, alt=translated(block.alt))
        case Callout() | Box():
            localised = replace(block, title=translated(block.title), blocks=_blocks(block.blocks))
        case Beside():
            localised = replace(block, left=_blocks(block.left), right=_blocks(block.right))
        case Gallery():
            localised = replace(block, name=translated(block.name))
        case Explorer():
            localised = replace(block, table=_table(block.table), note=translated(block.note))
        case Listing():
            localised = replace(block, title=translated(block.title))
    return localised


def _table(table: Table) -> Table:
    rows = table.rows
    if not table.head:
        rows = tuple((_text(label), *cells) for label, *cells in rows)
    head = tuple(name if isinstance(name, Name) else translated(name) for name in table.head)
    return replace(table, head=head, rows=rows, caption=translated(table.caption))


def _text(text: Text) -> Text:
    if isinstance(text, str):
        return translated(text)
    if isinstance(text, Span):
        return replace(text, text=translated(text.text))
    return tuple(
        translated(piece) if isinstance(piece, str) else replace(piece, text=translated(piece.text))
        for piece in text
    )
