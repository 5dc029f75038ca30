"""The report: one document, built from the files of a run folder alone, written three ways.

`report.html` is to be read and tried, `report.docx` to be signed and filed, `report.md` for
machines and pull requests. All three say the same.
"""

from pathlib import Path

from okng.config import report_language
from okng.evaluation.report import heading
from okng.evaluation.report.blocks import Block, Document, Section
from okng.evaluation.report.docx_file import write_docx
from okng.evaluation.report.html_file import write_html
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.localise import localised
from okng.evaluation.report.markdown_file import write_markdown
from okng.evaluation.report.sections import all_sections, warnings
from okng.evaluation.report.sections.summary import front
from okng.evaluation.report.wording import HEADLINE, NAMES
from okng.runs.layout import RunFolder
from okng.wording import language

__all__ = ["HEADLINE", "NAMES", "build", "write_report"]


def write_report(run: Path) -> Path:
    """Build `report.html`, `report.docx` and `report.md` of a run or an evaluation.

    Args:
        run: folder with metrics.json and scores.csv, and, where there are, audit.json, okng.toml,
            figures and gradcam.

    Returns:
        The page: no address outside of it; readable without its script; prints to A4.

    Raises:
        DatasetError: there is no metrics.json, or it cannot be read.
    """
    source, files = Source(run), RunFolder(run)
    with language(report_language(source.asked.language)):
        document = build(source)
        return _write(document, files)


def _write(document: Document, files: RunFolder) -> Path:
    write_docx(document, files.report_docx)
    write_markdown(document, files.report_markdown)
    return write_html(document, files.report)


def build(source: Source) -> Document:
    """The document of a folder."""
    document = Document(
        title=heading.title(source),
        subtitle=heading.line(source),
        lead=heading.first_line(source),
        front=front.blocks(source),
        sections=(*_opening(source), *all_sections(source)),
    )
    return localised(document)


def _opening(source: Source) -> tuple[Section, ...]:
    """What belongs on the first page, before the numbered sections."""
    chapters: tuple[tuple[str, tuple[Block, ...]], ...] = (
        ("What this test proves", tuple(warnings.proof(source))),
        ("What was not checked", tuple(warnings.unchecked(source))),
    )
    return tuple(Section(title, blocks, level=0) for title, blocks in chapters if blocks)
