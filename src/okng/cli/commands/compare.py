"""`okng compare`: two runs on the same photos."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import okng
from okng.cli.console import ProgressForm, ProgressOption, showing
from okng.config import report_language
from okng.wording import language

if TYPE_CHECKING:
    from okng.commands.compare import Comparison

_SHOWN = 20


def compare(
    run_a: Annotated[Path, typer.Argument(help="A run, or a folder of `okng evaluate`.")],
    run_b: Annotated[Path, typer.Argument(help="Another one.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Folder for compare.json and changed.csv.")
    ] = None,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell whether one of two inspectors is better, or whether it is chance.

    Only photos that both were tested on are compared: McNemar's test, differences with paired
    intervals, and the photos that changed verdict.

    Example: okng compare runs/old runs/new --out old-against-new
    """
    with showing("compare", quiet=True, form=form):
        comparison = okng.compare(run_a, run_b, out=out)
    if as_json:
        rows = comparison.changed.to_dict("records")
        typer.echo(json.dumps({**comparison.figures, "photos_changed": rows}, indent=2))
    else:
        _show(comparison)


def _show(comparison: "Comparison") -> None:
    result = comparison.result
    with language(report_language(None)):
        typer.echo(" ".join(each.text() for each in result.messages))
    parts = f"{result.groups} part{'' if result.groups == 1 else 's'}"
    typer.echo(f"\nOn {result.photos} photos of {parts} that both were "
               f"tested on (matched by {result.matched_by}; {result.only_in_a} and "
               f"{result.only_in_b} others left out), with 95 % intervals:")  # fmt: skip
    for name, pair in result.figures.items():
        rate = pair.difference
        known = rate.low is not None and rate.high is not None
        ends = f"[{rate.low:+.4f}, {rate.high:+.4f}]" if known else rate.method
        typer.echo(
            f"  {name.replace('_', ' '):<18} {pair.a:.4f}  {pair.b:.4f}  difference "
            f"{rate.value:+.4f}  {ends}"
        )
    for kind, test in result.tests.items():
        typer.echo(f"  {kind + ' parts':<18} {test.method}: p = {test.p:.3g}")
    typer.echo(f"\n{result.changed} photos changed verdict:")
    for row in comparison.changed.head(_SHOWN).to_dict("records"):
        typer.echo(f"  {row['path']}  ({row['label']}): {row['verdict_a']} {row['score_a']:.3f} -> "
                   f"{row['verdict_b']} {row['score_b']:.3f}")  # fmt: skip
    if len(comparison.changed) > _SHOWN:
        typer.echo(f"  and {len(comparison.changed) - _SHOWN} more; --out writes them all")
