"""The last lines of `okng train` and `okng evaluate`."""

import json
from pathlib import Path

import pytest

from okng.cli.closing_lines import show_ending
from okng.commands.train import Run


def test_three_lines_end_a_run(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Decision, report, next command; and the decision is that of metrics.json."""
    show_ending(run, run.model_file)
    lines = capsys.readouterr().out.splitlines()

    assert lines[-4].startswith(f"{run.metrics['decision']['title'].upper()}: ")
    assert run.metrics["decision"]["sentences"][0] in lines[-4]
    assert lines[-2:] == [f"Report: {run.report}", f"Next: okng predict {run.model_file} NEW"]


def test_warnings_that_scrolled_away_are_repeated(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A serious finding of the audit stands above the decision."""
    finding = {"check": "label_conflicts", "severity": "serious", "what": "A is B.", "advice": ""}
    leak = finding | {"check": "leaks", "what": "Leak."}
    (tmp_path / "audit.json").write_text(json.dumps({"findings": [finding, leak]}))
    metrics = run.metrics | {"warnings": ["Beware."], "warning_messages": None}
    (tmp_path / "metrics.json").write_text(json.dumps(metrics))
    show_ending(Run(tmp_path), tmp_path / "inspector.onnx")
    lines = capsys.readouterr().out.splitlines()

    assert lines[:2] == ["AUDIT: A is B.", "NOTE: Beware."]
