"""The Word file says what the page says, and opens."""

import io
import json
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document
from full_metrics import full_run

from okng.commands.train import Run
from okng.evaluation import write_report
from okng.evaluation.report import HEADLINE, build
from okng.evaluation.report.blocks import unbroken
from okng.evaluation.report.inputs import Source
from okng.wording import percent


@pytest.fixture
def full(run: Run, tmp_path: Path) -> Path:
    """A run with every key of metrics.json."""
    return full_run(run.folder, tmp_path / "full")


def _open(run: Path) -> Document:
    write_report(run)
    return docx.Document(io.BytesIO((run / "report.docx").read_bytes()))


def _text(file: Document) -> str:
    cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(p.text for p in file.paragraphs), *cells])


def test_it_has_the_sections_of_the_page(full: Path) -> None:
    """In the same order, as headings."""
    file = _open(full)
    headings = [
        p.text
        for p in file.paragraphs
        if p.style is not None and p.style.name in {"Heading 1", "Heading 2"}
    ]
    expected = [f"{s.number} {s.title}".strip() for s in build(Source(full)).sections]

    assert headings == expected


def test_it_has_the_figures_of_the_page(full: Path) -> None:
    """The four that matter, the digests, the place to sign."""
    text = _text(_open(full))
    metrics = json.loads((full / "metrics.json").read_text())

    for name in HEADLINE:
        assert unbroken(percent(metrics[name]["value"])) in text
    assert metrics["model"]["digest"] in text
    assert metrics["model"]["dataset_digest"] in text
    assert metrics["evaluation"]["data_digest"] in text
    assert "Signature" in text


def test_it_is_a4_with_page_numbers(full: Path) -> None:
    """A filed page can be put back in its place."""
    file = _open(full)
    page = file.sections[0]

    assert page.page_width is not None
    assert page.page_height is not None
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)
    fields = [node.text for node in page.footer.paragraphs[0]._p.iter() if node.text]
    assert {"PAGE", "NUMPAGES"} <= set(fields)


def test_each_page_names_the_report(full: Path) -> None:
    """Title and digest in the head of every page, so that a loose page can be put back."""
    file = _open(full)
    digest = json.loads((full / "metrics.json").read_text())["model"]["digest"][:12]
    head = file.sections[0].header.paragraphs[0].text

    assert "Validation report" in head
    assert digest in head
    assert not file.sections[0].different_first_page_header_footer


def test_pictures_have_a_text(full: Path) -> None:
    """For those who cannot see them."""
    file = _open(full)
    pictures = [s._inline.docPr.get("descr") for s in file.inline_shapes]

    assert len(pictures) > 5
    assert all(pictures)


def test_odd_names_do_not_break_it(full: Path) -> None:
    """Control characters and broken UTF-8 in a file name: XML knows neither."""
    listing = full / "gradcam" / "gallery.json"
    gallery = json.loads(listing.read_text())
    gallery[0]["path"] = "a\x00b\x1f<&>\udcff.jpg"
    listing.write_text(json.dumps(gallery))

    assert "<&>" in _text(_open(full))


def test_it_stays_small(full: Path) -> None:
    """It goes by mail."""
    _open(full)

    assert (full / "report.docx").stat().st_size < 5_000_000
    with ZipFile(full / "report.docx") as packed:
        assert packed.testzip() is None
