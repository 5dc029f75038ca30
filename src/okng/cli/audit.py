"""`okng audit` and `okng split`: what is wrong with photos, and how they are shared out."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okng.cli.console import progress

if TYPE_CHECKING:
    from okng.audit import Findings

Photos = Annotated[Path, typer.Argument(help="Folder of photos, or a CSV/Parquet manifest.")]
Ok = Annotated[str | None, typer.Option(help="Name of the class of good parts.")]
NoOk = Annotated[bool, typer.Option("--no-ok", help="There is no class of good parts.")]
GroupBy = Annotated[
    str | None,
    typer.Option(
        help="Photos of one part: folder, a column of the manifest, or a regular expression."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]
_SERIOUS = 3


def audit(
    photos: Photos,
    *,
    out: Annotated[Path | None, typer.Option(help="Folder for audit.json and audit.html.")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 3 when something serious is found.")
    ] = False,
    fix: Annotated[
        Path | None, typer.Option(help="Write a manifest without copies and wrong labels.")
    ] = None,
    ok: Ok = None,
    no_ok: NoOk = False,
    group_by: GroupBy = None,
    no_near: Annotated[
        bool, typer.Option("--no-near", help="Do not look for near-duplicates.")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither use nor keep earlier work.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Draws samples.")] = 0,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Find copies, leaks, wrong labels, bad photos and shortcuts. No photo is touched.

    Example: okng audit photos/ --out audit/ --strict
    """
    from okng.pipeline import audit as look  # noqa: PLC0415 - brings in numpy and more

    found = look(
        photos,
        out=out,
        fix=fix,
        cache=not no_cache,
        progress=progress(quiet=quiet),
        **_given(ok=ok, no_ok=no_ok, group_by=group_by, no_near=no_near, seed=seed),
    )
    if as_json:
        typer.echo(json.dumps(found.findings.model_dump(mode="json"), indent=2, ensure_ascii=False))
    else:
        typer.echo(found.headline)
        _show(found.findings)
    if found.report:
        typer.echo(f"report      {found.report}", err=as_json)
    if strict and found.findings.serious:
        raise typer.Exit(_SERIOUS)


def split(
    photos: Photos,
    *,
    out: Annotated[Path, typer.Option(help="The manifest to write.")],
    mode: Annotated[
        str, typer.Option("--split", help="A given split: keep, new or repair.")
    ] = "keep",
    folds: Annotated[
        int | None, typer.Option(min=2, max=50, help="Write as many manifests, one per fold.")
    ] = None,
    ok: Ok = None,
    no_ok: NoOk = False,
    group_by: GroupBy = None,
    no_near: Annotated[
        bool, typer.Option("--no-near", help="Do not look for near-duplicates.")
    ] = False,
    validation_share: Annotated[float, typer.Option(help="Share of photos for validation.")] = 0.15,
    test_share: Annotated[float, typer.Option(help="Share of photos for the test.")] = 0.15,
    seed: Annotated[int, typer.Option(min=0, help="Draws the split.")] = 0,
    quiet: Quiet = False,
) -> None:
    """Share photos out to training, validation and test.

    No part stands on two sides, unless it did so in a given split that is kept; that is told.

    Example: okng split photos/ --out manifest.csv --split new
    """
    from okng.pipeline import split as share  # noqa: PLC0415 - brings in numpy and more

    settings = _given(ok=ok, no_ok=no_ok, group_by=group_by, no_near=no_near, seed=seed)
    written = share(
        photos,
        out,
        folds=folds,
        progress=progress(quiet=quiet),
        split=mode,
        validation_share=validation_share,
        test_share=test_share,
        **settings,
    )
    for file in written:
        typer.echo(str(file))


def _given(**settings: Any) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def _show(findings: "Findings") -> None:
    for finding in findings.findings:
        typer.echo(f"\n[{finding.severity.value}] {finding.what}\n    {finding.advice}")
    if findings.shortcuts:
        best = ", ".join(f"{s.name} {s.auc:.2f}" for s in findings.shortcuts[:3])
        typer.echo(f"\nWhat tells the classes best without a look at the part (AUC): {best}.")
    for check, reason in findings.summary["not_checked"].items():
        typer.echo(f"\nNot checked: {check.replace('_', ' ')} ({reason}).")
