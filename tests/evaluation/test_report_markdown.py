"""The Markdown file has the headline figures, as text that stays text."""

import json
import re
from pathlib import Path

import pytest
from full_metrics import change, full_run, rate

from okng.commands.train import Run
from okng.evaluation import write_report
from okng.evaluation.decision import bound_of
from okng.evaluation.report import HEADLINE, NAMES
from okng.wording import between, percent


@pytest.fixture
def full(run: Run, tmp_path: Path) -> Path:
    """A run with every key of metrics.json."""
    return full_run(run.folder, tmp_path / "full")


def _written(run: Path) -> str:
    write_report(run)
    return (run / "report.md").read_text(encoding="utf-8")


def test_headline_figures_are_those_of_the_page(full: Path) -> None:
    """Value and bound, in a table."""
    text = _written(full)
    metrics = json.loads((full / "metrics.json").read_text())

    for name in HEADLINE:
        figure = metrics[name]
        word = "at most" if name in {"escape_rate", "overkill_rate"} else "at least"
        bound = f"{word} {percent(bound_of(name, figure))}"
        shown = f"| {NAMES[name]} | {percent(figure['value'])} | {bound} |"
        assert shown in text


def test_recall_of_each_type_has_its_interval(full: Path) -> None:
    """Beside the value, in the table of classes; and how far its probability can be trusted."""
    metrics = json.loads((full / "metrics.json").read_text())
    recall = {name: rate(value) for name, value in zip(metrics["classes"], (0.9, 0.8), strict=True)}
    types = {"accuracy": rate(0.85), "macro_f1": 0.84, "recall": recall}
    change(full, types=types, class_reliability={"ece": 0.031, "before": {"ece": 0.058}})
    text = _written(full)

    assert "recall (95 % interval)" in text
    assert f"{percent(0.8)} ({between(0.75, 0.85)})" in text
    assert "3.1 percentage points on average (5.8 percentage points without" in text


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


def test_bold_ends_at_a_word(full: Path) -> None:
    """A mark beside a space is shown as two stars."""
    metrics = json.loads((full / "metrics.json").read_text())
    change(full, leakage=metrics["leakage"] | {"photos": 3})
    text = _written(full)

    assert "photos show parts that training used.** What follows would hold" in text
