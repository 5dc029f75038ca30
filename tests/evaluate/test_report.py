"""The report is one page that stands by itself."""

import json
import re
import shutil
from pathlib import Path

import pytest

from okng.evaluate import write_report
from okng.evaluate.report import HEADLINE, NAMES
from okng.pipeline import Run


@pytest.fixture
def copy(run: Run, tmp_path: Path) -> Path:
    """A run folder to change."""
    return shutil.copytree(run.folder, tmp_path / "copy")


def test_page_needs_nothing_from_outside(run: Run) -> None:
    """No address, no script: it opens on any PC, in ten years, too."""
    page = run.report.read_text()
    sources = re.findall(r'(?:src|href)="([^"]{0,12})', page)

    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    assert "<script" not in page
    assert not re.search(r"https?://", page)
    assert len(page) < 5_000_000


def test_key_figures_and_intervals_are_named(run: Run) -> None:
    """The four that matter, with their intervals."""
    page = run.report.read_text()

    for name in HEADLINE:
        assert NAMES[name] in page
        assert f"{100 * run.metrics[name]['value']:.2f} %" in page
    assert "What this test proves" in page
    assert run.metrics["model"]["digest"] in page


def test_what_was_not_checked_is_said(copy: Path) -> None:
    """Who skips the search for copies is told what that may hide."""
    audit = json.loads((copy / "audit.json").read_text())
    audit["summary"]["not_checked"] = {"near_duplicates": "left out on request"}
    (copy / "audit.json").write_text(json.dumps(audit))

    page = write_report(copy).read_text()

    assert "Not checked: near duplicates (left out on request)" in page
    assert "would make every figure here too good" in page


def test_names_of_files_cannot_change_the_page(copy: Path) -> None:
    """A hostile file name is text."""
    gallery = json.loads((copy / "gradcam" / "gallery.json").read_text())
    gallery[0]["path"] = "<script>alert(1)</script>.jpg"
    (copy / "gradcam" / "gallery.json").write_text(json.dumps(gallery))

    page = write_report(copy).read_text()

    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_leak_stands_above_the_figures(copy: Path) -> None:
    """Nobody quotes a figure without having read it."""
    metrics = json.loads((copy / "metrics.json").read_text())
    metrics["leakage"]["photos"] = 3
    (copy / "metrics.json").write_text(json.dumps(metrics))

    page = write_report(copy).read_text()

    assert page.index("Do not quote these figures") < page.index("The figures that matter")
    assert "memory, not evidence" in page
