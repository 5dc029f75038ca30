"""The document as a Word file: the same content, A4, with page numbers, to be signed and filed."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    spans,
)
from okng.evaluation.report.docx_parts import (
    add_picture,
    fill,
    keep_with_next,
    new_file,
    repeat_head,
    room_to_write,
    set_widths,
    shade,
)
from okng.evaluation.report.pictures import case_caption, case_kind, jpeg, left_half, open_case
from okng.files import write_atomic

if TYPE_CHECKING:
    from docx.document import Document as File
    from docx.table import _Cell

_ACROSS = 3  # pairs of photo and heatmap beside each other
_PIXELS = 400
_WHOLE = 14  # rows of a table that is kept on one page
_WIDTH = 17.0  # cm between the margins
_TINT = "E9EDF1"
_INKS = {"met": ("1A7F37", "E6F4EA"), "open": ("7A5400", "FFF4D6"), "failed": ("B3261E", "FDECEA")}
"""Ink and tint of a decision."""


def write_docx(document: Document, path: Path) -> Path:
    """Write the file, whole or not at all."""
    file = new_file(document.title, datetime.now(UTC), head=document.subtitle)
    file.add_paragraph(document.title, style="Title")
    file.add_paragraph(document.subtitle, style="Subtitle")
    fill(file.add_paragraph(), document.lead, bold=True)
    _blocks(file, document.front)
    for section in document.sections:
        heading = " ".join(filter(None, (section.number, section.title)))
        file.add_heading(heading, level=max(1, section.level))
        _blocks(file, section.blocks)
    buffer = io.BytesIO()
    file.save(buffer)
    write_atomic(path, buffer.getvalue())
    return path


def _blocks(file: "File", blocks: tuple[Block, ...]) -> None:
    """All blocks; a paragraph stays on the page of the table or picture that follows."""
    for number, block in enumerate(blocks):
        _block(file, block)
        if isinstance(block, Paragraph) and isinstance(
            next(iter(blocks[number + 1 :]), None), Table | Picture | Steps
        ):
            keep_with_next(file.paragraphs[-1])


def _block(file: "File", block: Block) -> None:
    if isinstance(block, Paragraph):
        fill(file.add_paragraph(), block.text, soft=block.soft)
    elif isinstance(block, Bullets):
        for item in block.items:
            fill(file.add_paragraph(style="List Bullet"), item)
    elif isinstance(block, Table | Explorer):
        _table(file, block if isinstance(block, Table) else block.table)
    elif isinstance(block, Picture):
        paragraph = file.add_paragraph()
        add_picture(paragraph, block.path.read_bytes(), _WIDTH * min(block.width, 1.0), block.alt)
    elif isinstance(block, Steps):
        for number, item in enumerate(block.items, 1):
            fill(file.add_paragraph(), (f"{number}. ", *spans(item)))
    elif isinstance(block, Callout | Box):
        _callout(file, block)
    elif isinstance(block, Beside):
        _blocks(file, (*block.left, *block.right))
    elif isinstance(block, Cards):
        _cards(file, block)
    elif isinstance(block, Gallery):
        _gallery(file, block)
    elif isinstance(block, Listing):
        keep_with_next(file.add_paragraph(block.title))
        file.add_paragraph(block.text, style="Listing")


def _table(file: "File", table: Table) -> None:
    if table.caption:
        keep_with_next(file.add_paragraph(table.caption, style="Caption"))
    grid = file.add_table(rows=bool(table.head) + len(table.rows), cols=table.columns)
    _fill_table(grid, table, _WIDTH)
    if table.head:
        repeat_head(grid.rows[0])
    file.add_paragraph(style="Gap")


def _fill_table(grid: Any, table: Table, width: float) -> None:
    grid.style = "Table Grid"
    set_widths(grid, table.widths, width)
    cells = _cells(grid)
    for column, name in enumerate(table.head):
        shade(cells[0][column], _TINT)
        fill(cells[0][column].paragraphs[0], name, bold=True, right=column in table.numbers, size=9)
    first = int(bool(table.head))
    for number, row in enumerate(table.rows, first):
        for column, text in enumerate(row):
            paragraph = cells[number][column].paragraphs[0]
            fill(paragraph, text, right=column in table.numbers, size=9)
        if not table.head:
            shade(cells[number][0], _TINT)
        if table.blank:
            room_to_write(grid.rows[number])
    if len(table.rows) <= _WHOLE:
        for line in cells[:-1]:
            keep_with_next(line[0].paragraphs[0])


def _cells(grid: Any) -> list[list["_Cell"]]:
    """All cells by row; asking python-docx for one at a time is quadratic."""
    columns = len(grid.columns)
    flat = grid._cells  # noqa: SLF001 - the one way that is linear
    return [flat[start : start + columns] for start in range(0, len(flat), columns)]


def _callout(file: "File", block: Callout | Box) -> None:
    ink, tint = _INKS[block.state] if isinstance(block, Box) else _INKS["failed"]
    grid = file.add_table(rows=1, cols=1)
    grid.style = "Table Grid"
    cell = grid.cell(0, 0)
    shade(cell, tint)
    fill(cell.paragraphs[0], block.title, bold=True, colour=ink)
    for inner in block.blocks:
        _inside(cell, inner)
    file.add_paragraph(style="Gap")


def _inside(cell: "_Cell", block: Block) -> None:
    if isinstance(block, Bullets):
        for item in block.items:
            fill(cell.add_paragraph(style="List Bullet"), item)
    elif isinstance(block, Table):
        grid = cell.add_table(rows=bool(block.head) + len(block.rows), cols=block.columns)
        _fill_table(grid, block, _WIDTH - 0.6)
        cell.add_paragraph(style="Gap")
    elif isinstance(block, Paragraph):
        fill(cell.add_paragraph(), block.text)


def _cards(file: "File", block: Cards) -> None:
    grid = file.add_table(rows=1, cols=len(block.cards))
    grid.style = "Table Grid"
    for cell, card in zip(grid.rows[0].cells, block.cards, strict=True):
        shade(cell, "F3F5F7")
        fill(cell.paragraphs[0], card.name)
        fill(cell.add_paragraph(), card.value, bold=True, size=18)
        fill(cell.add_paragraph(), card.bound)
        fill(cell.add_paragraph(), card.meaning, soft=True)
    file.add_paragraph(style="Gap")


def _gallery(file: "File", gallery: Gallery) -> None:
    file.add_heading(gallery.name, level=3)
    rows = -(-len(gallery.cases) // _ACROSS)
    grid = file.add_table(rows=rows, cols=_ACROSS)
    set_widths(grid, (1 / _ACROSS,) * _ACROSS, _WIDTH)
    cells = _cells(grid)
    for number, case in enumerate(gallery.cases):
        cell = cells[number // _ACROSS][number % _ACROSS]
        picture = open_case(gallery.folder, case)
        words = case_caption(case["label"], case["judged"], case["defect_score"])
        if picture is not None:
            shown = left_half(picture) if gallery.folded else picture
            alt = f"{case['kind']}: {case['path']}, photo{'' if gallery.folded else ' and heatmap'}"
            add_picture(cell.paragraphs[0], jpeg(shown, _PIXELS), _WIDTH / _ACROSS - 0.4, alt)
        text = f"{case_kind(case['kind'])}: {case['path']}, {words}"
        fill(cell.add_paragraph(), text, soft=True, size=8)
    file.add_paragraph(style="Gap")
