"""`okng compare`: two runs on the same photos."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import okng

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
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell whether one of two inspectors is better, or whether it is chance.

    Only photos that both were tested on are compared: McNemar's test, differences with paired
    intervals, and the photos that changed verdict.

    Example: okng compare runs/old runs/new --out old-against-new
    """
    found = okng.compare(run_a, run_b, out=out)
    if as_json:
        rows = found.changed.to_dict("records")
        typer.echo(json.dumps({**found.figures, "photos_changed": rows}, indent=2))
    else:
        _show(found)


def _show(found: "Comparison") -> None:
    figures = found.figures
    typer.echo(figures["verdict"])
    parts = f"{figures['groups']} part{'' if figures['groups'] == 1 else 's'}"
    typer.echo(f"\nOn {figures['photos']} photos of {parts} that both were "
               f"tested on (matched by {figures['matched_by']}; {figures['only_in_a']} and "
               f"{figures['only_in_b']} others left out), with 95 % intervals:")  # fmt: skip
    for name, row in figures["figures"].items():
        rate = row["difference"]
        ends = f"[{rate['low']:+.4f}, {rate['high']:+.4f}]" if rate["low"] is not None else ""
        typer.echo(
            f"  {name.replace('_', ' '):<18} {row['a']:.4f}  {row['b']:.4f}  difference "
            f"{rate['value']:+.4f}  {ends or rate['method']}"
        )
    for kind, row in figures["tests"].items():
        typer.echo(f"  {kind + ' parts':<18} {row['method']}: p = {row['p']:.3g}")
    typer.echo(f"\n{figures['changed']} photos changed verdict:")
    for row in found.changed.head(_SHOWN).to_dict("records"):
        typer.echo(f"  {row['path']}  ({row['label']}): {row['verdict_a']} {row['score_a']:.3f} -> "
                   f"{row['verdict_b']} {row['score_b']:.3f}")  # fmt: skip
    if len(found.changed) > _SHOWN:
        typer.echo(f"  and {len(found.changed) - _SHOWN} more; --out writes them all")
