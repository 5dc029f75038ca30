"""`okng evaluate`: figures and report of a model file on any labelled photos."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from okng.cli.console import progress
from okng.cli.figures import show_rates


def evaluate(
    model: Annotated[Path, typer.Argument(help="Model file, the inspector.onnx of a run.")],
    photos: Annotated[Path, typer.Argument(help="Folder of photos, or a CSV/Parquet manifest.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for scores, metrics, figures and report.")],
    by: Annotated[
        list[str] | None, typer.Option(help="Column to break the rates down by; may be repeated.")
    ] = None,
    runs: Annotated[
        str | None,
        typer.Option(
            help="Column that tells runs over the same parts apart; run or trial if not given."
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="Photos to report on, where they have splits; test if not given."),
    ] = None,
    ok: Annotated[str | None, typer.Option(help="Name of the class of good parts.")] = None,
    group_by: Annotated[
        str | None, typer.Option(help="Photos of one part: folder, or a regular expression.")
    ] = None,
    no_near: Annotated[
        bool, typer.Option("--no-near", help="Do not look for near-duplicates; faster.")
    ] = False,
    robust: Annotated[
        bool, typer.Option("--robustness", help="Also judge changed photos; takes minutes.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
    settings: dict[str, Any],
) -> None:
    """Judge labelled photos with a model file, and report what that proves. Nothing is trained.

    The model's own operating point is used. Another one is given with --threshold, or chosen on
    photos of the split val, never on those that are reported.

    Example: okng evaluate runs/castings/inspector.onnx photos/ --out proof --by station
    """
    from okng.pipeline import evaluate as prove  # noqa: PLC0415 - brings in numpy and more

    found = prove(
        model,
        photos,
        out=out,
        by=by or (),
        runs=runs,
        split=split,
        ok=ok,
        group_by=group_by,
        no_near=no_near,
        robust=robust,
        progress=progress(quiet=quiet),
        **settings,
    )
    if as_json:
        typer.echo(json.dumps(found.metrics, indent=2, ensure_ascii=False))
    else:
        show_rates(found.metrics)
        for sentence in [*found.metrics.get("proves", [])[:1], *found.metrics["warnings"]]:
            typer.echo(f"  {sentence}")
        typer.echo(f"report      {found.report}")
