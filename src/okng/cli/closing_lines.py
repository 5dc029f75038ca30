"""The last lines of a verb that measures: decision, report, next command."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from okng.cli.flags import with_flags
from okng.cli.rates import show_rates
from okng.config import report_language
from okng.runs.layout import RunFolder
from okng.wording import finding_in_words, language, texts, translated

if TYPE_CHECKING:
    from okng.evaluation.decision import Decision

_MOST = 3  # warnings that are repeated; the report has all
_INKS = {"met": "green", "not proven": "yellow"}


def show_result(folder: RunFolder, model: Path, *, as_json: bool) -> None:
    """Print what a verb measured: the rates and the ending, or all metrics as JSON.

    Args:
        folder: of the run or the evaluation, finished.
        model: the model file that was judged.
        as_json: for a program.
    """
    if as_json:
        typer.echo(json.dumps(folder.metrics, indent=2, ensure_ascii=False))
    else:
        show_rates(folder.metrics)
        show_ending(folder, model)


def show_ending(folder: RunFolder, model: Path) -> None:
    """Print what scrolled away and matters, the decision, the report and what comes next.

    Args:
        folder: of the run or the evaluation, finished.
        model: the model file that was judged.
    """
    from okng.evaluation.decision import decide  # noqa: PLC0415 - brings in scipy

    asked = folder.metrics.get("report") or {}
    with language(report_language(asked.get("language"))):
        _show(folder, model, decide(folder.metrics))


def _show(folder: RunFolder, model: Path, decision: "Decision") -> None:
    metrics = folder.metrics
    warnings = [f"AUDIT: {finding}" for finding in _serious(folder)]
    warnings += [
        translated("NOTE: {warning}").format(warning=warning)
        for warning in texts(metrics, "warnings", "warning_messages")
    ]
    for warning in warnings[:_MOST]:
        typer.secho(with_flags(warning), fg="yellow")
    if len(warnings) > _MOST:
        text = translated("and {more} more warnings, see the report")
        typer.echo(text.format(more=len(warnings) - _MOST))
    typer.secho(decision.line, fg=_INKS.get(decision.state, "red"), bold=True)
    for limit, sentence in zip(decision.limits, decision.sentences[-len(decision.limits) :],
                               strict=False):  # fmt: skip
        typer.secho(with_flags(sentence).replace("`", ""), fg=_INKS.get(limit.state, "red"))
    typer.echo(translated("Model file: {path}").format(path=model))
    typer.echo(translated("Report: {path}").format(path=folder.report))
    typer.echo(translated("Next: {command}").format(command=_next(folder, model)))


def _next(folder: RunFolder, model: Path) -> str:
    if folder.metrics["leakage"]["photos"]:
        if folder.metrics.get("settings"):
            return translated("okng train PHOTOS --split new, which shares whole parts out anew")
        text = translated(
            "okng evaluate {model} NEW --out proof, with parts that training did not use"
        )
        return text.format(model=model)
    return f"okng predict {model} NEW"


def _serious(folder: RunFolder) -> list[str]:
    """Serious findings of the audit; a leak has its own warning."""
    if not folder.audit.exists():
        return []
    findings = json.loads(folder.audit.read_text(encoding="utf-8"))["findings"]
    return [
        finding_in_words(finding).what
        for finding in findings
        if finding["severity"] == "serious" and finding["check"] != "leaks"
    ]
