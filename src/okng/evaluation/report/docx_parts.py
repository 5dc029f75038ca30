"""What python-docx leaves to its users: page numbers, shading, column widths, text of pictures."""

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from okng.evaluation.report.blocks import Text, spans, unbroken

if TYPE_CHECKING:
    from docx.document import Document as File
    from docx.text.paragraph import Paragraph

_CONTROL = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\N{REPLACEMENT CHARACTER}"
)


def new_file(title: str, now: datetime, *, head: str = "") -> "File":
    """An empty A4 document with our styles, title and `head` on each page, and page numbers."""
    import docx  # noqa: PLC0415 - an extra
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415

    file = docx.Document()
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.0)
    page.top_margin, page.bottom_margin = Cm(2.3), Cm(1.9)
    page.header_distance = Cm(0.9)
    properties = file.core_properties
    properties.author, properties.title, properties.comments = "okng", clean(title), ""
    properties.created = properties.modified = now.replace(tzinfo=None)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    normal.paragraph_format.space_after = Pt(5)
    for name, size in (
        ("Title", 20),
        ("Subtitle", 10),
        ("Heading 1", 14),
        ("Heading 2", 12),
        ("Heading 3", 11),
    ):
        font = file.styles[name].font
        font.name, font.size, font.color.rgb = "Calibri", Pt(size), RGBColor(0x1B, 0x1F, 0x24)
        font.italic = False
    for spacing in list(file.styles["Subtitle"].element.iter(qn("w:spacing"))):
        spacing.getparent().remove(spacing)
    for name, points in (("Listing", 7.5), ("Gap", 4.0)):
        style = file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.font.size = Pt(points)
        style.paragraph_format.space_after = Pt(2)
    file.styles["Listing"].font.name = "Consolas"
    caption = file.styles["Caption"]
    caption.font.size, caption.font.color.rgb = Pt(9), RGBColor(0x57, 0x60, 0x6A)
    caption.paragraph_format.space_after = Pt(2)
    for edge in file.styles["Table Grid"].element.iter(qn("w:tblBorders")):
        for line in edge:
            line.set(qn("w:color"), "B4BBC3")
    fill(page.header.paragraphs[0], f"{title}\n{head}" if head else title, soft=True, size=8)
    _page_number(page.footer.paragraphs[0])
    return file


def clean(text: str) -> str:
    """Text that XML can hold: control characters and halves of surrogate pairs become a sign."""
    return text.translate(_CONTROL).encode("utf-8", "replace").decode()


def fill(
    paragraph: "Paragraph",
    text: Text,
    *,
    bold: bool = False,
    soft: bool = False,
    right: bool = False,
    size: float | None = None,
    colour: str = "",
) -> None:
    """Put a text into a paragraph, each stretch in its style."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    for piece in spans(text):
        run = paragraph.add_run(clean(unbroken(piece.text)))
        run.bold = bold or piece.style == "bold" or None
        if piece.style == "code":
            run.font.name, run.font.size = "Consolas", Pt(8)
        if soft or piece.style == "soft":
            run.font.color.rgb = RGBColor(0x57, 0x60, 0x6A)
            run.font.size = Pt(9)
        if size and piece.style != "code":
            run.font.size = Pt(size)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def add_picture(paragraph: "Paragraph", data: bytes, width: float, alt: str) -> None:
    """Put a picture into a paragraph, `width` in cm, with a text for those who cannot see it."""
    from docx.shared import Cm  # noqa: PLC0415

    shape = paragraph.add_run().add_picture(io.BytesIO(data), width=Cm(width))
    shape._inline.docPr.set("descr", clean(alt))  # noqa: SLF001 - python-docx has no other way


def keep_with_next(paragraph: "Paragraph") -> "Paragraph":
    """Keep a paragraph on the page of what follows."""
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def shade(cell: Any, colour: str) -> None:
    """Give a cell a background."""
    _child(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=colour)  # noqa: SLF001


def repeat_head(row: Any) -> None:
    """Show the first row of a table again on each page."""
    _child(row._tr.get_or_add_trPr(), "w:tblHeader", val="true")  # noqa: SLF001


def room_to_write(row: Any) -> None:
    """Make a row as high as a signature."""
    from docx.shared import Cm  # noqa: PLC0415

    row.height = Cm(1.0)


def set_widths(grid: Any, shares: tuple[float, ...], width: float) -> None:
    """Give columns their share of the width, in cm, and keep rows whole; no shares, equal ones."""
    from docx.shared import Cm  # noqa: PLC0415

    shares = shares or (1 / len(grid.columns),) * len(grid.columns)
    grid.autofit = False
    for column, share in zip(grid.columns, shares, strict=True):
        column.width = Cm(width * share)
    for row in grid.rows:
        _child(row._tr.get_or_add_trPr(), "w:cantSplit", val="true")  # noqa: SLF001
        for cell, share in zip(row._tr.tc_lst, shares, strict=True):  # noqa: SLF001
            cell.width = Cm(width * share)


def _page_number(paragraph: "Paragraph") -> None:
    paragraph.add_run("Page ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: "Paragraph", name: str) -> None:
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()._r  # noqa: SLF001
        if kind:
            _child(run, "w:fldChar", fldCharType=kind)
        else:
            _child(run, "w:instrText").text = name


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    child = OxmlElement(tag)
    for name, value in attributes.items():
        child.set(qn(f"w:{name}"), value)
    parent.append(child)
    return child
