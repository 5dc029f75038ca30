"""`okng audit` and `okng split`: what is wrong with photos, and how they are shared out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import okng
from okng.cli.console import ProgressForm, ProgressOption, progress, showing, spoken
from okng.cli.flags import with_flags
from okng.config import Given
from okng.text import shown, shown_lines
from okng.wording import render, term

if TYPE_CHECKING:
    from okng.auditing import Findings

Photos = Annotated[Path, typer.Argument(help="Folder of photos, or a CSV/Parquet manifest.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]
LOOKING = ("ok", "no_ok", "group_by", "no_near", "seed")
"""Settings of both verbs."""
SHARING = ("split", "validation_share", "test_share")
"""Settings of `split` alone."""
_SERIOUS = 3


def audit(
    photos: Photos,
    *,
    out: Annotated[Path | None, typer.Option(help="Folder for audit.json and audit.html.")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 3 if there is a serious finding.")
    ] = False,
    fix: Annotated[
        Path | None, typer.Option(help="Write a manifest without copies and wrong labels.")
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither use nor keep earlier work.")
    ] = False,
    quiet: Quiet = False,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    settings: Given,
) -> None:
    """Find copies, leaks, wrong labels, bad photos and shortcuts. No photo is touched.

    Example: okng audit photos/ --out audit/ --strict
    """
    with showing("audit", quiet=quiet, form=form) as receiver:
        audited = okng.audit(
            photos,
            out=out,
            fix=fix,
            cache=not no_cache,
            progress=receiver,
            **settings,
        )
    with spoken():
        if as_json:
            typer.echo(audited.findings.to_json())
        else:
            typer.echo(audited.headline)
            _show(audited.findings)
        if audited.report and not (as_json and form is ProgressForm.JSONL):  # stderr is all JSON
            typer.echo(render("audit_report", {"path": audited.report}), err=as_json)
    if strict and audited.findings.serious:
        raise typer.Exit(_SERIOUS)


def split(
    photos: Photos,
    *,
    out: Annotated[Path, typer.Option(help="The manifest to write.")],
    folds: Annotated[
        int | None, typer.Option(min=2, max=50, help="Write as many manifests, one per fold.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a manifest that okng wrote before.")
    ] = False,
    quiet: Quiet = False,
    settings: Given,
) -> None:
    """Assign photos to training, validation and test.

    No part is in two splits, unless an existing split that is kept has it so; that is reported.

    Example: okng split photos/ --out manifest.csv --split new
    """
    receiver = progress(quiet=quiet)
    for file in okng.split(
        photos, out, folds=folds, overwrite=overwrite, progress=receiver, **settings
    ):
        typer.echo(shown(str(file)))


def _show(findings: "Findings") -> None:
    for finding in findings.findings:
        sentence = shown_lines(with_flags("\n    ".join(finding.in_words())))
        typer.echo(f"\n[{term(finding.severity.value)}] {sentence}")
    if findings.shortcuts:
        best = [(shortcut.name, shortcut.auc) for shortcut in findings.shortcuts[:3]]
        typer.echo(f"\n{render('audit_separators', {'properties': best})}")
    for check, reason in findings.summary.not_checked.items():
        typer.echo(f"\n{render('audit_not_checked', {'check': check, 'reason': reason})}")
