"""The Markdown file has the headline figures, as text that stays text."""

import json
import re
from pathlib import Path

import pytest
from full_metrics import change, full_run

from okng.evaluate import write_report
from okng.evaluate.numbers import between, percent
from okng.evaluate.report import HEADLINE, NAMES
from okng.pipeline import Run


@pytest.fixture
def full(run: Run, tmp_path: Path) -> Path:
    """A run with every key of metrics.json."""
    return full_run(run.folder, tmp_path / "full")


def _written(run: Path) -> str:
    write_report(run)
    return (run / "report.md").read_text(encoding="utf-8")


def test_headline_figures_are_those_of_the_page(full: Path) -> None:
    """Value and interval, in a table."""
    text = _written(full)
    metrics = json.loads((full / "metrics.json").read_text())

    for name in HEADLINE:
        rate = metrics[name]
        shown = f"| {NAMES[name]} | {percent(rate['value'])} | {between(rate['low'], rate['high'])}"
        assert shown in text


def test_pictures_are_where_it_says(full: Path) -> None:
    """Addresses are relative to the folder."""
    text = _written(full)
    addresses = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)

    assert len(addresses) > 5
    assert all((full / address).is_file() for address in addresses)


def test_rows_of_tables_have_as_many_cells_as_their_head(full: Path) -> None:
    """A bar in a name does not split a cell."""
    change(full, warnings=["a|b <img> *c* [d](e)"])
    text = _written(full)

    assert r"a\|b &lt;img&gt; \*c\* \[d\](e)" in text
    tables = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    assert len(tables) > 10
    for table in tables:
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(counts) == 1
