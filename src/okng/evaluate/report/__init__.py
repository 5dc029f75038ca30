"""The report: one document, built from the files of a run folder alone, written three ways.

`report.html` is to be read and tried, `report.docx` to be signed and filed, `report.md` for
machines and pull requests. All three say the same.
"""

from pathlib import Path

from okng.evaluate.report.blocks import Block, Document, Section
from okng.evaluate.report.docx_file import write_docx
from okng.evaluate.report.html_file import write_html
from okng.evaluate.report.markdown_file import write_markdown
from okng.evaluate.report.sections import all_sections, front
from okng.evaluate.report.source import Source
from okng.evaluate.report.words import HEADLINE, NAMES, count, set_aside, verdict_in_words

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
    document = build(Source(run))
    write_docx(document, run / "report.docx")
    write_markdown(document, run / "report.md")
    return write_html(document, run / "report.html")


def build(source: Source) -> Document:
    """The document of a folder."""
    metrics = source.metrics
    return Document(
        title=f"Inspection report: {source.name}",
        subtitle=_subtitle(source),
        lead=verdict_in_words(metrics),
        front=front.blocks(source),
        sections=(*_opening(source), *all_sections(source)),
    )


def _subtitle(source: Source) -> str:
    metrics = source.metrics
    model = metrics.get("model")
    which = (
        f"{model['backbone']}, {model['image_size']} px, trained {model['created'][:10]}. "
        if model
        else ""
    )
    parts = (
        f" ({metrics['groups']:,} parts as far as known)"
        if metrics["groups"] != metrics["photos"]
        else ""
    )
    photos = count(metrics["photos"], "photo")
    aside = " set aside as the test" if set_aside(metrics) else ""
    return f"{which}Every figure is what the model file said of {photos}{aside}{parts}."


def _opening(source: Source) -> tuple[Section, ...]:
    """What belongs on the first page, before the numbered sections."""
    found: tuple[tuple[str, tuple[Block, ...]], ...] = (
        ("What this test proves", tuple(front.proof(source))),
        ("What was not checked", tuple(front.unchecked(source))),
    )
    return tuple(Section(title, blocks, level=0) for title, blocks in found if blocks)
